import type { EventDraft } from '@socle/kernel';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLive, LIVE_CHANNEL } from './live.ts';
import { createEventStore, type EventStore, eventsMigrations, type Reaction } from './store.ts';

let database: TestDatabase;
let store: EventStore;
let reacted: string[];
beforeEach(async () => {
  database = await createTestDatabase({ migrations: [eventsMigrations] });
  reacted = [];
  const reaction: Reaction = {
    start: async (sql, events) => {
      await sql.query('select 1');
      for (const { event } of events) {
        if (event.id === 'refused') throw new Error('no reaction');
        reacted.push(event.id);
      }
    },
    restart: async (_sql, events) => void reacted.push(...events.map(({ event }) => `again ${event.id}`)),
  };
  store = createEventStore({ database, reaction });
});
afterEach(() => database.drop());

const fact = (id: string, more: Partial<EventDraft> = {}): EventDraft => ({
  id,
  type: 'thing.happened',
  time: new Date('2026-11-21T10:00:00.123Z'),
  data: { n: 1 },
  ...more,
});

test('a fact is recorded once a source; who tells it again gets the first one’s place', async () => {
  const [first] = await store.append('/platforms/acme', [fact('a')]);
  const [second, other] = await store.append('/platforms/acme', [fact('a', { data: 'changed' }), fact('b')]);
  const [elsewhere] = await store.append('/platforms/other', [fact('a')]);
  expect(first?.isNew).toBe(true);
  expect(second).toMatchObject({ id: first?.id, isNew: false });
  expect(other?.isNew).toBe(true);
  expect(elsewhere?.isNew).toBe(true);
  expect(reacted).toEqual(['a', 'b', 'a']);
  expect((await store.show(first?.id ?? '')).data).toEqual({ n: 1 });
});

test('told by many at once, it is still one, and one reaction', async () => {
  const all = await Promise.all(
    Array.from({ length: 20 }, () => store.append('/platforms/acme', [fact('a'), fact('a'), fact('b')])),
  );
  expect(new Set(all.flat().map((one) => one.id)).size).toBe(2);
  expect(all.flat().filter((one) => one.isNew)).toHaveLength(2);
  expect(reacted.toSorted()).toEqual(['a', 'b']);
});

test('a fact and what follows from it are recorded together, or not at all', async () => {
  await expect(store.append('/x', [fact('a'), fact('refused')])).rejects.toThrow('no reaction');
  expect((await store.list()).items).toEqual([]);
});

test('it joins the caller’s transaction', async () => {
  const work = database.sql.transaction(async (sql) => {
    await store.append('/x', [fact('a')], { sql });
    throw new Error('rolled back');
  });
  await expect(work).rejects.toThrow('rolled back');
  expect((await store.list()).items).toEqual([]);
});

test('shows what was told, and replays it', async () => {
  const [stored] = await store.append('/platforms/acme', [fact('a', { subject: 's', data: { deep: [1] } })], {
    deliveryId: '42',
  });
  expect(await store.show(stored?.id ?? '')).toEqual({
    id: stored?.id,
    eventId: 'a',
    type: 'thing.happened',
    source: '/platforms/acme',
    subject: 's',
    time: '2026-11-21T10:00:00.123Z',
    data: { deep: [1] },
    deliveryId: '42',
  });
  await store.replay(stored?.id ?? '');
  expect(reacted).toEqual(['a', 'again a']);
  await expect(store.show('999')).rejects.toMatchObject({ code: 'not_found' });
  await expect(store.replay('999')).rejects.toMatchObject({ code: 'not_found' });
  await expect(store.show(`1' or 1=1`)).rejects.toMatchObject({ code: 'invalid_argument' });
});

test('lists the newest first, page by page, filtered', async () => {
  await store.append('/platforms/acme', [fact('a', { subject: '100%' }), fact('b', { type: 'other.one' })]);
  await store.append('/flows/f', [fact('c', { data: { text: 'needle' } }), fact('d_x'), fact('dyx')]);
  const ids = async (filter: Parameters<EventStore['list']>[0]) =>
    (await store.list(filter)).items.map((one) => one.eventId);
  const first = await store.list({ limit: 3 });
  expect(first.items.map((one) => one.eventId)).toEqual(['dyx', 'd_x', 'c']);
  expect(await ids({ limit: 3, cursor: first.nextCursor })).toEqual(['b', 'a']);
  expect((await store.list({ limit: 5 })).nextCursor).toBeUndefined();
  expect(await ids({ type: 'other.one' })).toEqual(['b']);
  expect(await ids({ platform: 'acme' })).toEqual(['b', 'a']);
  expect(await ids({ search: 'NEEDLE' })).toEqual(['c']);
  expect(await ids({ search: '0%' })).toEqual(['a']);
  expect(await ids({ search: 'd_x' })).toEqual(['d_x']);
});

test('live notices come after the change, once an interval for a topic', async () => {
  const heard: string[] = [];
  const stop = await database.listen(LIVE_CHANNEL, (topic) => heard.push(topic));
  const { tell } = createLive({ sql: database.sql, everyMs: 20 });
  for (let n = 0; n < 50; n += 1) tell('events');
  tell('runs');
  await expect.poll(() => heard.toSorted()).toEqual(['events', 'runs']);
  tell('events');
  await expect.poll(() => heard.length).toBe(3);
  await stop();
});
