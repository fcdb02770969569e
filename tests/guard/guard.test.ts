import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { migrate } from '@socle/service-database';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { effectsMigrations } from '@socle/service-effects';
import { migrateJobs } from '@socle/service-jobs';
import { ledgerMigrations } from '@socle/service-ledger';
import { modulesMigrations } from '@socle/service-modules';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Order, Tally } from './caller.ts';
import { CAP, MONTHLY_CAP } from './vendor.ts';

const PROCESSES = 4;
const TODAY = '2026-06-15T10:00:00Z';
const TOMORROW = '2026-06-16T00:00:00Z';
const FIRST_OF_JULY = '2026-07-01T00:00:00Z';

let database: TestDatabase;
let vendor: Server;
let url = '';
/** What arrived, by the path of the platform: idempotency keys. */
let arrived: Map<string, string[]>;
let callers: ChildProcess[];

beforeEach(async () => {
  database = await createTestDatabase();
  await migrateJobs(database);
  await migrate(database, [ledgerMigrations, effectsMigrations, modulesMigrations]);
  arrived = new Map();
  callers = [];
  vendor = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const platform = (request.url ?? '/').slice(1);
    arrived.set(platform, [...(arrived.get(platform) ?? []), (JSON.parse(body) as { key: string }).key]);
    response.end('{}');
  });
  vendor.listen(0, '127.0.0.1');
  await once(vendor, 'listening');
  url = `http://127.0.0.1:${(vendor.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const caller of callers) {
    const gone = once(caller, 'exit');
    caller.kill('SIGKILL');
    if (caller.exitCode === null && caller.signalCode === null) await gone;
  }
  vendor.closeAllConnections();
  vendor.close();
  await database.drop();
});

async function start(chain: string, policy: 'fail' | 'next' | 'defer'): Promise<void> {
  callers = Array.from({ length: PROCESSES }, () =>
    fork(fileURLToPath(new URL('./caller.ts', import.meta.url)), [database.url, chain, policy, url]),
  );
  await Promise.all(callers.map(answer));
}

function answer(caller: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('the process ended'));
    caller.once('exit', ended);
    caller.once('message', (message) => {
      caller.off('exit', ended);
      resolve(message);
    });
  });
}

async function ask(caller: ChildProcess, order: Order): Promise<Tally> {
  const tally = answer(caller);
  caller.send(order);
  return (await tally) as Tally;
}

/** `count` calls, spread over all processes, at once. */
async function send(count: number, { at, prefix }: { at: string; prefix: string }): Promise<Tally> {
  const keys = Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const shares = callers.map((_, turn) => keys.filter((_key, index) => index % PROCESSES === turn));
  const tallies = await Promise.all(
    callers.map((caller, turn) => ask(caller, { at, send: shares[turn] ?? [] })),
  );
  return total(tallies);
}

async function resume(keys: readonly string[], { at, turn }: { at: string; turn: number }): Promise<void> {
  await Promise.all(
    callers.map((caller, index) =>
      ask(caller, { at, resume: keys.filter((_key, place) => (place + turn) % PROCESSES === index) }),
    ),
  );
}

function total(tallies: readonly Tally[]): Tally {
  const sum: Record<string, number> = {};
  for (const tally of tallies)
    for (const [outcome, count] of Object.entries(tally)) sum[outcome] = (sum[outcome] ?? 0) + count;
  return sum;
}

const keysAt = (platform: string): string[] => arrived.get(platform) ?? [];

test('of 1,000 parallel calls from four processes exactly 100 leave; when the window turns, exactly 100 more', async () => {
  await start('capped', 'fail');
  expect(await send(1000, { at: TODAY, prefix: 'today' })).toEqual({ sent: CAP, quota_exceeded: 1000 - CAP });
  expect(keysAt('capped')).toHaveLength(CAP);
  expect(await send(1000, { at: TOMORROW, prefix: 'tomorrow' })).toEqual({
    sent: CAP,
    quota_exceeded: 1000 - CAP,
  });
  expect(new Set(keysAt('capped')).size).toBe(2 * CAP);
});

test('two windows hold together: the month ends what the days would still allow', async () => {
  await start('capped', 'fail');
  const left: (number | undefined)[] = [];
  for (const day of ['15', '16', '17', '18']) {
    left.push((await send(150, { at: `2026-06-${day}T12:00:00Z`, prefix: `june-${day}` })).sent);
  }
  expect(left).toEqual([CAP, CAP, MONTHLY_CAP - 2 * CAP, undefined]);
  expect(keysAt('capped')).toHaveLength(MONTHLY_CAP);
  expect(await send(150, { at: FIRST_OF_JULY, prefix: 'july' })).toEqual({ sent: CAP, quota_exceeded: 50 });
});

test('`next` fails over at the wall: nothing lost, nothing doubled, no platform over its cap', async () => {
  await start('first,second,third', 'next');
  expect(await send(700, { at: TODAY, prefix: 'mail' })).toEqual({
    sent: 3 * CAP,
    quota_exceeded: 700 - 3 * CAP,
  });
  const all = ['first', 'second', 'third'].flatMap(keysAt);
  expect(['first', 'second', 'third'].map((one) => keysAt(one).length)).toEqual([CAP, CAP, CAP]);
  expect(new Set(all).size).toBe(3 * CAP);
});

test('`defer` keeps what met the wall and sends it when the window opens, each once', async () => {
  await start('capped', 'defer');
  expect(await send(250, { at: TODAY, prefix: 'mail' })).toEqual({ sent: CAP, deferred: 250 - CAP });
  const waiting = async (): Promise<string[]> => {
    const rows = await database.sql.query<{ idempotency_key: string }>(
      "select idempotency_key from socle.deferred_calls where state = 'waiting'",
    );
    return rows.map((row) => row.idempotency_key);
  };
  for (const day of ['2026-06-16', '2026-06-17', '2026-06-18']) {
    const keys = await waiting();
    // twice, the second time by another process, as after a crash between the effect and its record
    for (const turn of [0, 1]) await resume(keys, { at: `${day}T00:00:00Z`, turn });
  }
  expect(await waiting()).toEqual([]);
  expect(keysAt('capped')).toHaveLength(250);
  expect(new Set(keysAt('capped')).size).toBe(250);
});
