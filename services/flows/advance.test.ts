import type { TestDatabase } from '@socle/service-database/testing';
import { createEventStore, type EventStore } from '@socle/service-events';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Advance, commitAdvances, type Memo } from './advance.ts';
import { createFlowDatabase } from './testing/harness.ts';

let database: TestDatabase;
let events: EventStore;
beforeAll(async () => {
  database = await createFlowDatabase();
  events = createEventStore({ database });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql.query('truncate socle.runs, socle.steps, socle.events restart identity');
  await database.sql.query(
    `insert into socle.runs (flow, event_id, state, owner, fence)
     select 'f', n, 'running', gen_random_uuid(), 2 from generate_series(1, 3) n`,
  );
});

const at = new Date('2026-11-21T10:00:00Z');
const memo: Memo = { stepId: 's', state: 'succeeded', attempts: 1, startedAt: at, finishedAt: at, output: 1 };
const emitted = { source: '/flows/f', draft: { id: 'e', type: 't', time: at, data: null } };
const advance = (runId: string, more: Partial<Advance> = {}): Advance => ({
  runId,
  fence: 2,
  memos: [memo],
  events: [],
  ...more,
});
const commit = (...items: Advance[]) => commitAdvances(database.sql, events, items);
const runs = async () =>
  (await database.sql.query<{ state: string }>('select state from socle.runs order by id')).map(
    (row) => row.state,
  );
const steps = () => database.sql.query('select run_id, state, output from socle.steps order by run_id');

test('many move on together: memos, states and what they emitted', async () => {
  const held = await commit(
    advance('1', { to: { state: 'succeeded' }, events: [emitted] }),
    advance('2'),
    advance('3', { to: { state: 'waiting', afterMs: 60_000, error: { code: 'timeout', message: 'late' } } }),
  );
  expect(held).toEqual([true, true, true]);
  expect(await runs()).toEqual(['succeeded', 'running', 'waiting']);
  expect(await steps()).toHaveLength(3);
  expect((await events.list()).items.map((one) => one.eventId)).toEqual(['e']);
});

test.each([
  ['going on', {}],
  ['finishing', { to: { state: 'succeeded' } }],
  ['emitting', { to: { state: 'failed' }, events: [emitted] }],
] as const)('a worker whose grant is older is refused when %s, and leaves nothing', async (_name, more) => {
  expect(await commit(advance('1', { ...more, fence: 1 }), advance('2'))).toEqual([false, true]);
  expect(await runs()).toEqual(['running', 'running', 'running']);
  expect(await steps()).toEqual([{ run_id: '2', state: 'succeeded', output: 1 }]);
  expect((await events.list()).items).toEqual([]);
});

test('a run that is no longer running takes nothing more', async () => {
  await database.sql.query(`update socle.runs set state = 'cancelled' where id = 1`);
  expect(await commit(advance('1'))).toEqual([false]);
  expect(await commit(advance('1', { to: { state: 'succeeded' } }))).toEqual([false]);
  expect(await steps()).toEqual([]);
});

test('a failure that is reported after the step was committed does not undo it', async () => {
  await commit(advance('1'));
  const failed: Memo = {
    ...memo,
    state: 'failed',
    output: null,
    error: { code: 'unavailable', message: 'x' },
  };
  expect(await commit(advance('1', { memos: [failed], to: { state: 'waiting', afterMs: 0 } }))).toEqual([
    true,
  ]);
  expect(await steps()).toEqual([{ run_id: '1', state: 'succeeded', output: 1 }]);
});
