import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from '@socle/service-database/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorker, freeLapsed } from './lease.ts';
import { type Assembly, assemble } from './testing/assemble.ts';
import { createFlowDatabase } from './testing/harness.ts';
import { orderFlow } from './testing/order-flow.ts';

const WORKER = fileURLToPath(new URL('./testing/worker.ts', import.meta.url));
const ANSWER = JSON.stringify({ messageId: 'm', acceptedAt: '2026-11-21T10:00:00Z' });

interface Recorded {
  readonly key: string;
  readonly pid: number;
}

let database: TestDatabase;
let recorder: Server;
let calls: Recorded[];
/** Decides whether a call is answered, or left hanging. */
let answers: (call: Recorded) => boolean;
const children: ChildProcess[] = [];

beforeEach(async () => {
  database = await createFlowDatabase();
  calls = [];
  answers = () => true;
  recorder = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const call = JSON.parse(body) as Recorded;
      calls.push(call);
      if (answers(call)) response.end(ANSWER);
    });
  });
  recorder.listen(0, '127.0.0.1');
  await once(recorder, 'listening');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  recorder.closeAllConnections();
  await new Promise((resolve) => recorder.close(resolve));
  await database.drop();
});

async function startWorker(): Promise<ChildProcess & { pid: number }> {
  const address = recorder.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const child = spawn(process.execPath, [WORKER, database.url, `http://127.0.0.1:${address.port}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  if (child.stdout) await once(child.stdout, 'data');
  if (child.pid === undefined) throw new Error('no process');
  return child as ChildProcess & { pid: number };
}

/** Records events; executes nothing. */
const watcher = (): Assembly => assemble(database, { flows: [orderFlow] });
const rows = () =>
  database.sql.query<{ id: string; note: string }>('select id, note from public.effects_seen order by id');
const states = async (): Promise<string[]> =>
  (await watcher().engine.runs({ limit: 200 })).items.map((run) => run.state);

test.each(['SIGKILL', 'SIGSTOP'] as const)(
  'runs of a worker that got %s move on within 15 s; nothing is doubled and what it says later is refused',
  async (signal) => {
    const lost = await startWorker();
    answers = (call) => call.pid !== lost.pid;
    await watcher().happen('t1');
    await expect.poll(() => calls.length, { timeout: 10_000 }).toBe(1);
    const other = await startWorker();

    const from = performance.now();
    process.kill(lost.pid, signal);
    await expect.poll(states, { timeout: 20_000, interval: 100 }).toEqual(['succeeded']);
    expect(performance.now() - from).toBeLessThan(15_000);

    const before = calls.length;
    if (signal === 'SIGSTOP') {
      // its call comes back, it has steps left to do, and does none of them
      process.kill(lost.pid, 'SIGCONT');
      recorder.closeAllConnections();
      await watcher().happen('t2');
      answers = () => true;
      await expect.poll(states, { timeout: 10_000 }).toEqual(['succeeded', 'succeeded']);
    }
    const first = calls.filter((call) => call.key === calls[0]?.key);
    expect(first.map((call) => call.pid)).toEqual([lost.pid, other.pid]);
    expect((await rows()).filter((row) => row.id.endsWith('t1'))).toEqual([
      { id: 'mark t1', note: String(other.pid) },
      { id: 'record t1', note: String(lost.pid) },
    ]);
    const ofFirstRun = calls.slice(0, before);
    expect(new Set(ofFirstRun.map((call) => call.key)).size).toBe(2);
    const { items } = await watcher().events.list({ type: 'thing.done' });
    expect(items).toHaveLength(signal === 'SIGSTOP' ? 2 : 1);
  },
  60_000,
);

test('two workers share many runs; each step of each run takes effect once', async () => {
  await Promise.all([startWorker(), startWorker()]);
  const { events } = watcher();
  const drafts = Array.from({ length: 300 }, (_, n) => ({
    id: `e${n}`,
    type: 'thing.happened',
    time: new Date(),
    data: { n },
  }));
  await Promise.all([0, 100, 200].map((at) => events.append('/tests', drafts.slice(at, at + 100))));
  const open = () =>
    database.sql.query(`select 1 from socle.runs where state <> 'succeeded'`).then((found) => found.length);
  await expect.poll(open, { timeout: 30_000 }).toBe(0);
  expect((await rows()).map((row) => row.id)).toEqual(
    drafts.flatMap(({ id }) => [`mark ${id}`, `record ${id}`]).toSorted(),
  );
  expect(calls).toHaveLength(600);
  expect(new Set(calls.map((call) => call.key)).size).toBe(600);
}, 60_000);

describe('a lease', () => {
  test('ends on this process’s own clock, and renewing cannot bring it back', async () => {
    let now = 0;
    const worker = createWorker({ sql: database.sql, leaseMs: 6000, monotonic: () => now });
    const lease = await worker.lease();
    now = 5999;
    expect(lease.holds()).toBe(true);
    await worker.renew();
    now = 11_998;
    expect(lease.holds()).toBe(true);
    now = 11_999;
    expect(lease.holds()).toBe(false);
    await worker.renew();
    expect(lease.holds()).toBe(false);
    expect(lease.signal.aborted).toBe(true);
    const next = await worker.lease();
    expect(next.owner).not.toBe(lease.owner);
    expect(next.holds()).toBe(true);
  });

  test('that the database counts as lapsed is lost, whatever this process believes', async () => {
    const worker = createWorker({ sql: database.sql, leaseMs: 6000 });
    const lease = await worker.lease();
    await database.sql.query(`update socle.flow_workers set lease_until = now()`);
    await worker.renew();
    expect(lease.holds()).toBe(false);
  });

  test('frees its runs when it lapses or is given up, and only then', async () => {
    const worker = createWorker({ sql: database.sql, leaseMs: 6000 });
    const { owner } = await worker.lease();
    await database.sql.query(
      `insert into socle.runs (flow, event_id, state, owner, fence) values ('order', 1, 'running', $1, 1)`,
      [owner],
    );
    expect(await freeLapsed(database.sql)).toBe(0);
    await worker.release();
    expect(await freeLapsed(database.sql)).toBe(1);
    const [run] = await database.sql.query('select state, fence, owner from socle.runs');
    expect(run).toEqual({ state: 'waiting', fence: 2, owner: null });
  });
});
