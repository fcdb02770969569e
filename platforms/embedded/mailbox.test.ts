import type { Message } from '@socle/port-email';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type MailboxHarness, startMailboxHarness } from './mailbox/testing.ts';
import { hasTurnedVisible, mailboxUpkeep, purgeMailbox } from './mailbox/upkeep.ts';

const START = new Date('2026-11-21T10:00:00Z');
let now = START;
const clock = { now: () => now };
let harness: MailboxHarness;

beforeAll(async () => {
  harness = await startMailboxHarness(clock);
});
afterAll(() => harness.close());
beforeEach(async () => {
  now = START;
  await harness.database.sql.query('truncate socle_embedded.messages cascade');
});

const later = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);

async function send(change: Partial<Message> & { key?: string } = {}): Promise<string> {
  const { key = crypto.randomUUID(), ...rest } = change;
  const message = { to: ['ada@example.com'], subject: 'Hello', text: 'Body', ...rest };
  const call = { signal: AbortSignal.timeout(20_000), idempotencyKey: key };
  return (await harness.adapter.send(message, call)).messageId;
}

const subjects = async (search = ''): Promise<string[]> =>
  (await harness.mailbox.list({ search })).items.map((one) => one.subject);

describe('list', () => {
  test('newest first, page by page, also where all came at the same moment', async () => {
    for (const at of [0, 0, 0, 0, 1, 2, 2]) {
      now = later(at);
      await send({ subject: `at ${at}` });
    }
    now = later(3);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await harness.mailbox.list(cursor ? { limit: 2, cursor } : { limit: 2 });
      seen.push(...page.items.map((one) => one.id));
      cursor = page.nextCursor;
      // what arrives meanwhile does not shift the pages
      await send({ subject: 'later' });
    } while (cursor);
    const all = await harness.mailbox.list();
    expect(seen).toEqual(all.items.filter((one) => one.subject !== 'later').map((one) => one.id));
    expect(new Set(seen).size).toBe(7);
  });

  test('the last page says so, also when it is full', async () => {
    await send();
    await send();
    expect(await harness.mailbox.list({ limit: 2 })).not.toHaveProperty('nextCursor');
    expect(await harness.mailbox.list({ limit: 1 })).toHaveProperty('nextCursor');
  });

  test('searches subject, people and text, and takes every character as it is', async () => {
    await send({ subject: '100% off', text: 'a_b' });
    await send({ subject: 'Invoice', cc: ['Zoë <zoe@example.com>'], text: "it's \\ here" });
    expect(await subjects('100%')).toEqual(['100% off']);
    expect(await subjects('%')).toEqual(['100% off']);
    expect(await subjects('a_b')).toEqual(['100% off']);
    expect(await subjects('ZOË')).toEqual(['Invoice']);
    expect(await subjects('\\')).toEqual(['Invoice']);
    expect(await subjects("it's")).toEqual(['Invoice']);
    expect(await subjects("' or true --")).toEqual([]);
    expect(await subjects('\u0000')).toHaveLength(2);
  });

  test('a cursor that is not ours is an invalid argument', async () => {
    for (const cursor of ['', 'x', Buffer.from('2026-11-21 x').toString('base64url')])
      await expect(harness.mailbox.list({ cursor })).rejects.toMatchObject({ code: 'invalid_argument' });
  });
});

describe('remove', () => {
  test('can be undone, until it is purged a week later with its attachments', async () => {
    const attachments = [{ filename: 'a.txt', contentBase64: btoa('a') }];
    const id = await send({ attachments });
    await harness.mailbox.remove(id);
    expect(await subjects()).toEqual([]);
    await expect(harness.mailbox.show(id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(harness.mailbox.attachment(id, 0)).rejects.toMatchObject({ code: 'not_found' });
    await harness.mailbox.restore(id);
    expect(await harness.mailbox.show(id)).toMatchObject({ id, attachmentCount: 1 });

    await harness.mailbox.remove(id);
    now = later(7 * 86_400);
    expect(await purgeMailbox({ sql: harness.database.sql, clock })).toBe(0);
    now = later(7 * 86_400 + 1);
    expect(await purgeMailbox({ sql: harness.database.sql, clock })).toBe(1);
    await expect(harness.mailbox.restore(id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await harness.database.sql.query('select 1 from socle_embedded.message_attachments')).toEqual([]);
  });

  test('what never was is not found, whatever its id looks like', async () => {
    for (const id of [crypto.randomUUID(), 'x', "'; drop table socle_embedded.messages; --"])
      for (const act of [
        harness.mailbox.remove,
        harness.mailbox.restore,
        harness.mailbox.show,
        harness.mailbox.html,
      ])
        await expect(act(id)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('scheduling', () => {
  test('a message becomes visible at its time, to the millisecond', async () => {
    const messageId = await send({ scheduledAt: later(60).toISOString() });
    const call = { signal: AbortSignal.timeout(20_000), idempotencyKey: 'k' };
    now = new Date(later(60).getTime() - 1);
    expect(await subjects()).toEqual([]);
    expect((await harness.adapter.get({ messageId }, call)).state).toBe('scheduled');
    now = later(60);
    expect(await hasTurnedVisible({ sql: harness.database.sql, clock })).toBe(true);
    expect((await harness.mailbox.list()).items[0]).toMatchObject({ receivedAt: later(60).toISOString() });
    expect((await harness.adapter.get({ messageId }, call)).state).toBe('delivered');
    await expect(harness.adapter.cancel({ messageId }, call)).rejects.toMatchObject({
      code: 'precondition_failed',
    });
  });

  test('a time in the past is now', async () => {
    await send({ scheduledAt: later(-60).toISOString() });
    expect((await harness.mailbox.list()).items[0]).toMatchObject({ receivedAt: START.toISOString() });
    expect(await hasTurnedVisible({ sql: harness.database.sql, clock })).toBe(false);
  });
});

test('an arrival is told to the live view, and so is a scheduled one when its time comes', async () => {
  const told: string[] = [];
  const stop = await harness.database.listen('socle_live', (topic) => told.push(topic));
  try {
    await Promise.all([send(), send(), send({ scheduledAt: later(5).toISOString() })]);
    await expect.poll(() => told).toEqual(['mailbox']);
    now = later(6);
    for (const { run } of mailboxUpkeep) await run({}, harness.host, AbortSignal.timeout(20_000));
    await expect.poll(() => told).toEqual(['mailbox', 'mailbox']);
  } finally {
    await stop();
  }
});

test('a message that PostgreSQL cannot hold is the caller’s fault', async () => {
  for (const change of [{ subject: 'a\u0000b' }, { text: '\u0000' }, { headers: { 'X-A': '\u0000' } }])
    await expect(send(change)).rejects.toMatchObject({ code: 'invalid_argument' });
});

test('the receipt of a repeated key keeps the first time', async () => {
  const message = { to: ['ada@example.com'], subject: 'Once', text: 'x' };
  const call = { signal: AbortSignal.timeout(20_000), idempotencyKey: 'same' };
  const first = await harness.adapter.send(message, call);
  now = later(3600);
  expect(await harness.adapter.send(message, call)).toEqual(first);
  expect(first.acceptedAt).toBe(START.toISOString());
});
