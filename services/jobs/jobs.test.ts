import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, quiet, type TestDatabase } from '@socle/service-database/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createJobs, type Jobs, type JobsOptions } from './jobs.ts';
import { createJobQueue } from './queue.ts';

let database: TestDatabase;
const running: Jobs[] = [];
const children: ChildProcess[] = [];
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map((jobs) => jobs.stop()));
  await database.drop();
});

async function start(options: Pick<JobsOptions, 'tasks'> & Partial<JobsOptions>): Promise<Jobs> {
  const jobs = await createJobs({ database, log: quiet, ...options });
  running.push(jobs);
  return jobs;
}

test.each([undefined, 50])('every job runs, those that throw again (batch %s)', async (batch) => {
  const done: unknown[] = [];
  let failures = 0;
  const tasks = {
    note: async (payload: unknown) => {
      if ((payload as { n: number }).n === 7 && failures++ === 0) throw new Error('once');
      done.push((payload as { n: number }).n);
    },
  };
  const jobs = await start({ tasks, ...(batch ? { batch } : {}) });
  await Promise.all(Array.from({ length: 100 }, (_, n) => jobs.add('note', { n })));
  await expect.poll(() => done.length, { timeout: 20_000 }).toBe(100);
  expect(new Set(done).size).toBe(100);
  expect(failures).toBeGreaterThan(1);
});

test('a job exists when its transaction commits, and not when it does not', async () => {
  const done: unknown[] = [];
  const jobs = await start({ tasks: { note: async (payload) => void done.push(payload) } });
  const add = (payload: object, fail: boolean) =>
    database.sql.transaction(async (sql) => {
      await jobs.add('note', payload, { sql });
      await sql.query(`select graphile_worker.add_job('note', payload => $1::json)`, [
        JSON.stringify({ ...payload, from: 'sql' }),
      ]);
      if (fail) throw new Error('rolled back');
    });
  await expect(add({ a: 1 }, true)).rejects.toThrow('rolled back');
  await add({ a: 2 }, false);
  await expect.poll(() => done.length).toBe(2);
  expect(done).toEqual(expect.arrayContaining([{ a: 2 }, { a: 2, from: 'sql' }]));
});

test('a key keeps one waiting job, the last; runAt holds it back', async () => {
  const done: unknown[] = [];
  const jobs = await start({ tasks: { note: async (payload) => void done.push(payload) } });
  const later = new Date(Date.now() + 3_600_000);
  await jobs.add('note', { n: 1 }, { key: 'k', runAt: later });
  await jobs.add('note', { n: 2 }, { key: 'other', runAt: later });
  await jobs.add('note', { n: 3 }, { key: 'k' });
  await expect.poll(() => done).toEqual([{ n: 3 }]);
});

test('stop waits for the job that runs, takes no other, and tells a long one to end', async () => {
  const log: string[] = [];
  const jobs = await start({
    concurrency: 1,
    tasks: {
      long: async (_payload, { signal }) => {
        log.push('started');
        await once(signal, 'abort');
        log.push('told');
      },
    },
  });
  await jobs.add('long', {});
  await expect.poll(() => log).toEqual(['started']);
  await jobs.add('long', {});
  await jobs.stop();
  expect(log).toEqual(['started', 'told']);
});

test('goes on when connections break, those over which jobs are fetched and marked as done among them', async () => {
  const done = new Set<number>();
  const jobs = await start({
    tasks: {
      note: async (payload) => {
        await database.sql.query('select pg_sleep(0.02)');
        done.add((payload as { n: number }).n);
      },
    },
  });
  const others = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and application_name <> 'socle'`;
  await Promise.all(Array.from({ length: 200 }, (_, n) => jobs.add('note', { n })));
  for (let round = 0; round < 100; round += 1) await database.sql.query(others);
  expect(done.size).toBeLessThan(200);
  // what was locked by a runner that gave up is free after eight seconds
  await expect.poll(() => done.size, { timeout: 150_000, interval: 100 }).toBe(200);
}, 180_000);

describe('two workers', () => {
  beforeEach(async () => {
    await database.sql.query('create table notes (id text, worker text)');
  });

  async function startChild(name: string): Promise<ChildProcess> {
    const script = fileURLToPath(new URL('./testing/worker.ts', import.meta.url));
    const child = spawn(process.execPath, [script, database.url, name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(child.stdout, 'data');
    return child;
  }

  test.each(['SIGKILL', 'SIGSTOP'] as const)('jobs of one that gets %s move within 15 s', async (signal) => {
    const first = await startChild('first');
    await createJobQueue({ database }).add('note', { id: 'a', hang: 'first' });
    const workers = () =>
      database.sql
        .query<{ worker: string }>('select worker from notes')
        .then((rows) => rows.map((r) => r.worker));
    await expect.poll(workers, { timeout: 10_000 }).toEqual(['first']);
    await startChild('second');
    first.kill(signal);
    await expect.poll(workers, { timeout: 15_000, interval: 100 }).toEqual(['first', 'second']);
  });

  test('a job that takes long stays with its living worker', async () => {
    await startChild('first');
    await createJobQueue({ database }).add('note', { id: 'a', hang: 'first' });
    const lockedForSeconds = async () => {
      const [row] = await database.sql.query<{ seconds: number }>(
        `select extract(epoch from now() - locked_at)::float8 as seconds from graphile_worker._private_jobs where locked_at is not null`,
      );
      return row?.seconds ?? 0;
    };
    await startChild('second');
    await expect.poll(lockedForSeconds, { timeout: 20_000, interval: 200 }).toBeGreaterThan(11);
    expect(await database.sql.query('select worker from notes')).toEqual([{ worker: 'first' }]);
  });
});
