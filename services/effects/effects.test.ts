import type { Clock, Effects, Guarantee } from '@socle/kernel';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEffects, type EffectStore, effectsMigrations } from './effects.ts';

let database: TestDatabase;
let now: Date;
const clock: Clock = { now: () => now };
const later = (ms: number): void => {
  now = new Date(now.getTime() + ms);
};
/** As another process, or this one after a crash: no memory but the database. */
const process = (): EffectStore => createEffects({ database, clock, processId: 'p' });
const call = (
  guarantee: Guarantee,
  more: Partial<Parameters<Effects['begin']>[0]> = {},
): Parameters<Effects['begin']>[0] => ({
  platform: 'acme',
  port: 'email',
  operation: 'send',
  guarantee,
  idempotencyKey: 'k',
  deadlineMs: 30_000,
  ...more,
});
const onRecord = async (): Promise<string[]> =>
  (await database.sql.query<{ state: string }>('select state from socle.effects')).map((row) => row.state);

beforeEach(async () => {
  database = await createTestDatabase({ migrations: [effectsMigrations] });
  now = new Date('2026-11-21T10:00:00Z');
});
afterEach(() => database.drop());

describe('none', () => {
  test('is on record before the call leaves, and gives its result back ever after', async () => {
    const first = process();
    expect(await first.begin(call('none'))).toEqual({ state: 'fresh' });
    expect(await onRecord()).toEqual(['begun']);
    await first.succeeded('k', { messageId: 'm' });
    later(365 * 86_400_000);
    expect(await process().begin(call('none'))).toEqual({ state: 'done', result: { messageId: 'm' } });
  });

  test('while somebody is at it, others are told to come back; then nobody knows', async () => {
    await process().begin(call('none'));
    later(34_000);
    await expect(process().begin(call('none'))).rejects.toMatchObject({
      code: 'conflict',
      details: { retryAfterMs: 1000 },
    });
    later(1_000);
    await expect(process().begin(call('none'))).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(await onRecord()).toEqual(['unknown']);
    await expect(process().begin(call('none'))).rejects.toMatchObject({ code: 'outcome_unknown' });
  });

  test('a late word settles the doubt', async () => {
    const slow = process();
    await slow.begin(call('none'));
    later(60_000);
    await expect(process().begin(call('none'))).rejects.toMatchObject({ code: 'outcome_unknown' });
    await slow.succeeded('k', 'at last');
    // and a person who said otherwise was mistaken
    await process().failed('k');
    expect(await process().begin(call('none'))).toEqual({ state: 'done', result: 'at last' });
  });

  test('what certainly had no effect may be begun again; what may have had one may not', async () => {
    const first = process();
    await first.begin(call('none'));
    await first.failed('k');
    expect(await process().begin(call('none'))).toEqual({ state: 'fresh' });
    const again = process();
    await again.unknown('k');
    await expect(process().begin(call('none'))).rejects.toMatchObject({ code: 'outcome_unknown' });
  });

  test('of fifty at once from two processes exactly one begins', async () => {
    const processes = [process(), process()];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => processes[n % 2]?.begin(call('none'))),
    );
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of outcomes)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'conflict' });
  });
});

test('of two endings told at once, the result stays', async () => {
  const store = process();
  await store.begin(call('native'));
  await Promise.all([store.succeeded('k', { id: 'm' }), store.failed('k')]);
  expect(await process().begin(call('native'))).toEqual({ state: 'done', result: { id: 'm' } });
});

describe('native', () => {
  test('begun and not ended may be repeated while the vendor remembers the key, and not a moment longer', async () => {
    const hours = { nativeKeyHours: 24 };
    await process().begin(call('native', hours));
    later(24 * 3_600_000 - 1);
    expect(await process().begin(call('native', hours))).toEqual({ state: 'fresh' });
    later(1);
    await expect(process().begin(call('native', hours))).rejects.toMatchObject({ code: 'outcome_unknown' });
  });

  test('the key of one platform protects nothing at another', async () => {
    await process().begin(call('native', { nativeKeyHours: 24 }));
    later(60_000);
    const elsewhere = call('native', { platform: 'other', nativeKeyHours: 24 });
    await expect(process().begin(elsewhere)).rejects.toMatchObject({ code: 'outcome_unknown' });
    await process().failed('k');
    expect(await process().begin(elsewhere)).toEqual({ state: 'fresh' });
  });

  test('our record of the result outlives the vendor’s key', async () => {
    const first = process();
    await first.begin(call('native', { nativeKeyHours: 24 }));
    await first.succeeded('k', { id: 'pi_1' });
    later(30 * 86_400_000);
    expect(await process().begin(call('native', { nativeKeyHours: 24 }))).toEqual({
      state: 'done',
      result: { id: 'pi_1' },
    });
  });

  test('a vendor that never forgets may be asked at any time', async () => {
    await process().begin(call('native'));
    later(365 * 86_400_000);
    expect(await process().begin(call('native'))).toEqual({ state: 'fresh' });
  });

  test('its record does not wait for the disk; that of none does', async () => {
    const asked: unknown[] = [];
    const { sql } = database;
    const query: typeof sql.query = (text, params) => {
      asked.push(params?.[0]);
      return sql.query(text, params);
    };
    const watched = createEffects({ database: { sql: { ...sql, query } }, clock, processId: 'p' });
    await watched.begin(call('native', { idempotencyKey: 'a' }));
    await watched.begin(call('none', { idempotencyKey: 'b' }));
    expect(asked).toEqual([false, true]);
  });
});

test('natural needs no record', async () => {
  const store = process();
  expect(await store.begin(call('natural'))).toEqual({ state: 'fresh' });
  await store.succeeded('k', 'x');
  await store.begin(call('natural'));
  await store.failed('k');
  expect(await onRecord()).toEqual([]);
});

test('the sweep forgets old results and keeps every doubt', async () => {
  const store = process();
  for (const key of ['done', 'doubt']) await store.begin(call('none', { idempotencyKey: key }));
  await store.succeeded('done', null);
  await store.unknown('doubt');
  later(31 * 86_400_000);
  await store.begin(call('none', { idempotencyKey: 'new' }));
  await store.succeeded('new', null);
  expect(await store.sweep(30)).toBe(1);
  expect((await onRecord()).toSorted()).toEqual(['done', 'unknown']);
});
