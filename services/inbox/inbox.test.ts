import { type Clock, signWebhook, type TimestampedScheme } from '@socle/kernel';
import { createTestDatabase, quiet, type TestDatabase } from '@socle/service-database/testing';
import { createEventStore, eventsMigrations, type Reaction } from '@socle/service-events';
import { migrateJobs } from '@socle/service-jobs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createInbox, type Inbox, inboxMigrations } from './inbox.ts';
import { isTooLarge } from './receive.ts';
import type { InboundPlatform, WebhookShape } from './source.ts';

const scheme: TimestampedScheme = { family: 'timestamped', header: 'acme-signature', toleranceSeconds: 300 };
const now = new Date('2026-11-21T10:00:00Z');
const clock: Clock = { now: () => now };

interface Body {
  id?: string;
  type: string;
  facts?: { id: string; data?: unknown }[];
}

const webhook: WebhookShape = {
  schemes: [scheme],
  deliveryId: ({ body }) => (body as Body).id,
  eventType: ({ body }) => (body as Body).type,
  toEvents: ({ body }) => {
    if ((body as Body).type === 'unreadable') throw new Error('cannot read this');
    return ((body as Body).facts ?? []).map(({ id, data = {} }) => ({
      id,
      type: 'thing.happened',
      time: now,
      data,
    }));
  },
  maxBytes: 2000,
};

let database: TestDatabase;
let inbox: Inbox;
let started: string[];
let secrets: string[];
beforeEach(async () => {
  database = await createTestDatabase({ migrations: [eventsMigrations, inboxMigrations] });
  await migrateJobs(database);
  started = [];
  secrets = ['whsec_new', 'whsec_old'];
  const reaction: Reaction = {
    start: async (_sql, events) => void started.push(...events.map((one) => one.event.id)),
    restart: async (_sql, events) => void started.push(...events.map((one) => `again ${one.event.id}`)),
  };
  const platforms = (id: string): InboundPlatform | undefined =>
    id === 'acme' ? { webhook, secrets, publicUrl: 'https://x.test/webhook/acme' } : undefined;
  const events = createEventStore({ database, reaction });
  inbox = createInbox({ database, events, platforms, clock, log: quiet });
});
afterEach(() => database.drop());

function signed(body: unknown, { secret = 'whsec_new', at = now } = {}) {
  const bytes = new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
  const headers = signWebhook(scheme, { body: bytes, url: '' }, secret, { id: 'x', now: at });
  return { headers: { 'content-type': 'application/json', ...headers }, body: bytes };
}
const receive = (body: unknown, how = {}) => inbox.receive('acme', signed(body, how));
const count = async (table: string): Promise<number> => {
  const [row] = await database.sql.query<{ n: number }>(`select count(*)::int as n from ${table}`);
  return row?.n ?? -1;
};
/** What the job engine would do. */
const work = async (): Promise<void> => {
  const jobs = await database.sql.query<{ payload: unknown }>(
    `with taken as (delete from graphile_worker._private_jobs returning payload, id) select payload from taken order by id`,
  );
  for (const { payload } of jobs) await inbox.tasks['inbox.process']?.(payload);
};
const states = async () =>
  Object.fromEntries((await inbox.list()).items.map((one) => [one.deliveryId, one.state]));

describe('at the door', () => {
  test.each([
    ['another secret', signed({ id: 'd', type: 't' }, { secret: 'whsec_wrong' })],
    ['an old timestamp', signed({ id: 'd', type: 't' }, { at: new Date(now.getTime() - 301_000) })],
    ['no signature', { ...signed({ id: 'd', type: 't' }), headers: {} }],
    ['a changed byte', { ...signed({ id: 'd', type: 't' }), body: new TextEncoder().encode('{"id":"e"}') }],
    ['no signature and no JSON', { headers: {}, body: new TextEncoder().encode('{') }],
  ])('%s is refused and leaves nothing', async (_name, inbound) => {
    await expect(inbox.receive('acme', inbound)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await count('socle.deliveries')).toBe(0);
  });

  test('a secret being rotated out is good until it is gone', async () => {
    await receive({ id: 'd1', type: 't' }, { secret: 'whsec_old' });
    secrets = ['whsec_new'];
    const late = receive({ id: 'd2', type: 't' }, { secret: 'whsec_old' });
    await expect(late).rejects.toMatchObject({ code: 'unauthenticated' });
    secrets = [];
    await expect(receive({ id: 'd3', type: 't' })).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  test('signed, but not JSON; too large; nobody we know', async () => {
    const broken = await receive('{"id":').catch((error: unknown) => error);
    expect(broken).toMatchObject({ code: 'invalid_argument' });
    expect(isTooLarge(broken)).toBe(false);
    const large = await receive({ id: 'x'.repeat(2000), type: 't' }).catch((error: unknown) => error);
    expect(large).toMatchObject({ code: 'invalid_argument' });
    expect(isTooLarge(large)).toBe(true);
    await expect(inbox.receive('nobody', signed({}))).rejects.toMatchObject({ code: 'not_found' });
    expect(await count('socle.deliveries')).toBe(0);
  });

  test('what proves the sender is not stored', async () => {
    const inbound = signed({ id: 'd1', type: 't' });
    const headers = { ...inbound.headers, authorization: 'Bearer s3cret', cookie: 'a=b', 'x-event': 'push' };
    await inbox.receive('acme', { ...inbound, headers });
    const [row] = (await inbox.list()).items;
    const detail = await inbox.show(row?.id ?? '');
    expect(detail.headers).toEqual({ 'content-type': 'application/json', 'x-event': 'push' });
    expect(detail.body).toEqual({ id: 'd1', type: 't' });
  });

  test('a database that does not answer is told within the patience, and nothing is acknowledged', async () => {
    const hanging = createInbox({
      database: {
        sql: { query: () => new Promise(() => undefined), transaction: () => new Promise(() => undefined) },
      },
      events: createEventStore({ database }),
      platforms: () => ({ webhook, secrets, publicUrl: '' }),
      clock,
      log: quiet,
      patienceMs: 50,
    });
    await expect(hanging.receive('acme', signed({ id: 'd', type: 't' }))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });
});

test('ten of the same in parallel are one delivery, one job, one event', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => receive({ id: 'd1', type: 't', facts: [{ id: 'f1' }] })),
  );
  expect(answers.filter((one) => one.status === 'accepted')).toHaveLength(1);
  expect(await count('socle.deliveries')).toBe(1);
  await work();
  expect(await count('socle.events')).toBe(1);
  expect(started).toEqual(['f1']);
  expect(await receive({ id: 'd1', type: 't' })).toEqual({ status: 'duplicate' });
  await work();
  expect(started).toEqual(['f1']);
});

test('many at once share a statement and a job', async () => {
  await Promise.all(Array.from({ length: 200 }, (_, n) => receive({ id: `d${n}`, type: 't' })));
  expect(await count('socle.deliveries')).toBe(200);
  expect(await count('graphile_worker._private_jobs')).toBeLessThan(50);
});

test('without an id of its own a delivery is known by its bytes; a monstrous id by its digest', async () => {
  expect(await receive({ type: 'a' })).toEqual({ status: 'accepted' });
  expect(await receive({ type: 'a' })).toEqual({ status: 'duplicate' });
  expect(await receive({ type: 'b' })).toEqual({ status: 'accepted' });
  expect(await receive({ id: 'i'.repeat(1500), type: 'c' })).toEqual({ status: 'accepted' });
  expect(await receive({ id: 'nul\0', type: 'nul\0' })).toEqual({ status: 'accepted' });
});

test('two deliveries of the same fact are one event', async () => {
  await receive({ id: 'd2', type: 'late', facts: [{ id: 'f1' }] });
  await receive({ id: 'd1', type: 'early', facts: [{ id: 'f1' }, { id: 'f0' }] });
  await work();
  expect(await states()).toEqual({ d1: 'processed', d2: 'processed' });
  expect(started.toSorted()).toEqual(['f0', 'f1']);
});

test('poison fails alone, unknown types are acknowledged, the rest goes through', async () => {
  await Promise.all([
    receive({ id: 'good', type: 't', facts: [{ id: 'f1' }] }),
    // readable, but PostgreSQL's jsonb holds no NUL: breaks the whole batch's statement
    receive({ id: 'poison', type: 't', facts: [{ id: 'f2', data: { text: 'a\0b' } }] }),
    receive({ id: 'unreadable', type: 'unreadable' }),
    receive({ id: 'unknown', type: 'whatever' }),
    receive({ id: 'also-good', type: 't', facts: [{ id: 'f3' }] }),
  ]);
  await work();
  expect(await states()).toEqual({
    good: 'processed',
    poison: 'failed',
    unreadable: 'failed',
    unknown: 'ignored',
    'also-good': 'processed',
  });
  const events = await database.sql.query<{ event_id: string }>(
    'select event_id from socle.events order by 1',
  );
  expect(events.map((row) => row.event_id)).toEqual(['f1', 'f3']);
  const failed = (await inbox.list({ state: 'failed', search: 'unread' })).items[0];
  expect((await inbox.show(failed?.id ?? '')).error).toBe('cannot read this');
});

test('a replay processes the stored bytes again: events stay single, what follows gets its chance', async () => {
  await receive({ id: 'd1', type: 't', facts: [{ id: 'f1' }] });
  await work();
  const [row] = (await inbox.list()).items;
  await inbox.replay(row?.id ?? '');
  expect((await inbox.show(row?.id ?? '')).state).toBe('received');
  await work();
  const after = await inbox.show(row?.id ?? '');
  expect(after).toMatchObject({ state: 'processed', replays: 1 });
  expect(after.events.map((one) => one.eventId)).toEqual(['f1']);
  expect(await count('socle.events')).toBe(1);
  expect(started).toEqual(['f1', 'again f1']);
  await expect(inbox.replay('999')).rejects.toMatchObject({ code: 'not_found' });
});

test('what lost its job is found by the sweep', async () => {
  await receive({ id: 'd1', type: 't', facts: [{ id: 'f1' }] });
  await database.sql.query('delete from graphile_worker._private_jobs');
  await inbox.tasks['inbox.sweep']?.({});
  expect(await states()).toEqual({ d1: 'received' });
  await database.sql.query(`update socle.deliveries set received_at = now() - interval '1 minute'`);
  await inbox.tasks['inbox.sweep']?.({});
  expect(await states()).toEqual({ d1: 'processed' });
});

test('lists page by page, filtered', async () => {
  for (let n = 0; n < 5; n += 1) await receive({ id: `d${n}`, type: n % 2 ? 'odd_type' : 'even%type' });
  const first = await inbox.list({ limit: 2 });
  expect(first.items.map((one) => one.deliveryId)).toEqual(['d4', 'd3']);
  const second = await inbox.list({ limit: 2, cursor: first.nextCursor });
  const third = await inbox.list({ limit: 2, cursor: second.nextCursor });
  expect(third.items.map((one) => one.deliveryId)).toEqual(['d0']);
  expect(third.nextCursor).toBeUndefined();
  expect((await inbox.list({ search: '%' })).items).toHaveLength(3);
  expect((await inbox.list({ search: '_' })).items).toHaveLength(2);
  expect((await inbox.list({ platform: 'other' })).items).toEqual([]);
  await expect(inbox.list({ cursor: 'x' })).rejects.toMatchObject({ code: 'invalid_argument' });
});
