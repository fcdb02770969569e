import { afterAll, beforeAll, expect, test } from 'vitest';
import { listProcesses, startProcess } from './process.ts';
import { createTestDatabase, type TestDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const seen = async (id: string) => (await listProcesses(database)).find((row) => row.id === id);

test('a process is alive while it beats, dead eight seconds after, gone when it signs off', async () => {
  const one = await startProcess({ database, role: 'worker' });
  const first = await seen(one.id);
  expect(first).toMatchObject({ role: 'worker', pid: process.pid, alive: true });
  await expect
    .poll(async () => (await seen(one.id))?.seenAt.getTime() ?? 0, { timeout: 10_000 })
    .toBeGreaterThan(first?.seenAt.getTime() ?? 0);
  const age = (seconds: number) =>
    database.sql.query(
      `insert into socle.processes (id, role, host, pid, seen_at)
       values ('old', 'worker', 'h', 1, now() - make_interval(secs => $1))
       on conflict (id) do update set seen_at = excluded.seen_at`,
      [seconds],
    );
  await age(6);
  expect((await seen('old'))?.alive).toBe(true);
  await age(8);
  expect((await seen('old'))?.alive).toBe(false);
  await one.stop();
  expect(await seen(one.id)).toBeUndefined();
});

test('it goes on beating when its connection broke', async () => {
  const one = await startProcess({ database, role: 'server' });
  await one.announceJobPool('pool-1');
  await database.sql.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'socle process'`,
  );
  await database.sql.query('delete from socle.processes where id = $1', [one.id]);
  const pool = () => database.sql.query('select job_pool from socle.processes where id = $1', [one.id]);
  await expect.poll(pool, { timeout: 15_000 }).toEqual([{ job_pool: 'pool-1' }]);
  await one.stop();
});
