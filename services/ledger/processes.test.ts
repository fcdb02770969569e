import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, quiet, type TestDatabase } from '@socle/service-database/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createLedger, ledgerMigrations } from './ledger.ts';
import type { Command } from './testing/child.ts';
import { call, fakeClock, perDay, perMonth, plan, sum } from './testing/plans.ts';

const script = fileURLToPath(new URL('./testing/child.ts', import.meta.url));
const NOON = '2026-06-15T12:00:00.000Z';

let database: TestDatabase;
const children: ChildProcess[] = [];

beforeAll(async () => {
  database = await createTestDatabase({ migrations: [ledgerMigrations] });
});
afterAll(() => database.drop());
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

interface Child {
  run(command: Command): Promise<{ left: number; faults: number }>;
  kill(): Promise<void>;
}

function start(): Child {
  const child = spawn(process.execPath, [script, database.url], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(command) {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      const { value } = await lines.next();
      return JSON.parse(value as string) as { left: number; faults: number };
    },
    kill: () => kill(child),
  };
}

async function runAll(running: readonly Child[], command: Command): Promise<number> {
  const answers = await Promise.all(running.map((child) => child.run(command)));
  expect(answers.map(({ faults }) => faults)).toEqual(answers.map(() => 0));
  return answers.reduce((total, { left }) => total + left, 0);
}

it('lets exactly 100 of 1,000 parallel calls from four processes leave, and 100 more in the next window', async () => {
  const running = [start(), start(), start(), start()];
  const command = { platform: 'small-a', calls: 250, units: 1, at: NOON };
  expect(await runAll(running, command)).toBe(100);
  expect(await runAll(running, { ...command, at: '2026-06-15T23:59:59.999Z' })).toBe(0);
  expect(await runAll(running, { ...command, at: '2026-06-16T00:00:00.000Z' })).toBe(100);
});

it('holds a day and a month together', async () => {
  const running = [start(), start()];
  let left = 0;
  for (let day = 1; day <= 31; day += 1) {
    const at = `2026-07-${String(day).padStart(2, '0')}T12:00:00.000Z`;
    const today = await runAll(running, { platform: 'small-b', calls: 60, units: 1, at });
    expect(today).toBe(day === 31 ? 0 : 100);
    left += today;
  }
  expect(left).toBe(3000);
  expect(
    await runAll(running, { platform: 'small-b', calls: 60, units: 1, at: '2026-08-01T00:00:00.000Z' }),
  ).toBe(100);
});

it('keeps the units of a process that was killed in the middle of its calls', async () => {
  const doomed = start();
  expect(await doomed.run({ platform: 'small-c', calls: 40, units: 1, at: NOON })).toMatchObject({
    left: 40,
  });
  await doomed.kill();
  expect(await runAll([start(), start()], { platform: 'small-c', calls: 100, units: 1, at: NOON })).toBe(60);
  const ledger = createLedger({
    database,
    plans: () => plan([sum('emails', [perDay(100), perMonth(3000)])]),
    clock: fakeClock(NOON),
    log: quiet,
  });
  expect(await ledger.quotas(['small-c'])).toMatchObject([
    { used: 0, reserved: 100 },
    { used: 0, reserved: 100 },
  ]);
  await expect(ledger.reserve(call('small-c'))).rejects.toMatchObject({ code: 'quota_exceeded' });
  await ledger.close();
});

it('spends a leased limit to the last unit from four processes, though each holds a block', async () => {
  const running = [start(), start(), start(), start()];
  const command = { platform: 'large-a', calls: 7000, units: 1, at: NOON };
  expect(await runAll(running, command)).toBe(25_600);
});

it('loses no more than its block when a process with a lease is killed', async () => {
  const [doomed, other] = [start(), start()];
  expect(await doomed.run({ platform: 'large-b', calls: 10, units: 1, at: NOON })).toMatchObject({
    left: 10,
  });
  await doomed.kill();
  let left = 0;
  for (let round = 0; round < 13; round += 1) {
    left += await runAll([other], { platform: 'large-b', calls: 2000, units: 1, at: NOON });
  }
  expect(left).toBe(25_600 - 256);
});
