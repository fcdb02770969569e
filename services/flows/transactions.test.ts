import type { Sql } from '@socle/kernel';
import type { TestDatabase } from '@socle/service-database/testing';
import { createEventStore } from '@socle/service-events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LostRun } from './advance.ts';
import { createFlowDatabase } from './testing/harness.ts';
import { createStepTransactions, type StepTransactions } from './transactions.ts';

let database: TestDatabase;
let transactions: StepTransactions;
beforeEach(async () => {
  database = await createFlowDatabase();
  transactions = createStepTransactions({ database, events: createEventStore({ database }) });
  await database.sql.query(
    `insert into socle.runs (flow, event_id, state, owner, fence)
     select 'f', n, 'running', gen_random_uuid(), 1 from generate_series(1, 40) n`,
  );
});
afterEach(() => database.drop());

const commit = (n: number, work: (sql: Sql) => Promise<unknown> = async () => undefined, fence = 1) =>
  transactions.commit({
    kind: 'f/s',
    work: async (sql) => {
      await sql.query('insert into public.effects_seen (id, note) values ($1, txid_current()::text)', [
        String(n),
      ]);
      await work(sql);
      const at = new Date();
      const memo = { stepId: 's', state: 'succeeded', attempts: 1, startedAt: at, finishedAt: at } as const;
      return { runId: String(n), fence, memos: [memo], events: [] };
    },
  });
const seen = () =>
  database.sql.query<{ id: string; note: string }>(
    'select id, note from public.effects_seen order by id::int',
  );
const memos = async (): Promise<number[]> =>
  (await database.sql.query<{ n: number }>('select run_id::int as n from socle.steps order by 1')).map(
    (row) => row.n,
  );
const all = Array.from({ length: 40 }, (_, index) => index + 1);

test('steps that wait share a transaction, each with its memo', async () => {
  await Promise.all(all.map((n) => commit(n)));
  const rows = await seen();
  expect(rows.map((row) => Number(row.id))).toEqual(all);
  expect(new Set(rows.map((row) => row.note)).size).toBeLessThan(20);
  expect(await memos()).toEqual(all);
});

test('one that throws, one whose SQL fails and one whose run was lost fail alone', async () => {
  const outcomes = await Promise.allSettled(
    all.map((n) => {
      if (n === 7) return commit(n, () => Promise.reject(new Error('a bug')));
      if (n === 9) return commit(n, (sql) => sql.query('select 1/0'));
      return n === 11 ? commit(n, undefined, 99) : commit(n);
    }),
  );
  const failed = outcomes.flatMap((one, index) =>
    one.status === 'rejected' ? [[index + 1, one.reason]] : [],
  );
  expect(failed).toEqual([
    [7, new Error('a bug')],
    [9, expect.objectContaining({ message: 'division by zero' })],
    [11, expect.any(LostRun)],
  ]);
  const good = all.filter((n) => ![7, 9, 11].includes(n));
  expect((await seen()).map((row) => Number(row.id))).toEqual(good);
  expect(await memos()).toEqual(good);
});

test('a step’s SQL runs as service_role: policies hold it, the base’s tables are out of its reach', async () => {
  let role: unknown;
  await commit(1, async (sql) => {
    role = (await sql.query('select current_user'))[0];
  });
  expect(role).toEqual({ current_user: 'service_role' });
  await expect(commit(2, (sql) => sql.query('delete from socle.runs'))).rejects.toThrow('permission denied');
});
