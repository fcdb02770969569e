import type { Call } from '@socle/kernel';
import type { Message } from '@socle/port-email';
import { afterEach, expect, test } from 'vitest';
import { verify } from './client.ts';
import { create } from './email.ts';
import { toError } from './errors.ts';
import { SENDING_KEY } from './fake/access.ts';
import { type ResendFake, type ResendFakeOptions, startFake } from './fake.ts';
import { plans } from './plan.ts';
import { settingsOf, testHost } from './testing.ts';

let now = new Date('2026-11-30T23:59:00Z');
let fake: ResendFake;
afterEach(() => fake.close());

async function start(options: ResendFakeOptions = {}, env: Record<string, string> = {}) {
  now = new Date('2026-11-30T23:59:00Z');
  fake = await startFake({ now: () => now, requestsPerSecond: Number.POSITIVE_INFINITY, ...options });
  return create(settingsOf({ ...fake.env, ...env }), testHost());
}

const message: Message = { to: ['ada@example.com'], subject: 'x', text: 'y' };
const call = (idempotencyKey: string = crypto.randomUUID()): Call => ({
  signal: AbortSignal.timeout(20_000),
  idempotencyKey,
});

async function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'sent',
    (thrown) => {
      const { code, details } = toError(thrown);
      return `${code} ${details.vendor?.code}`;
    },
  );
}

test('each To, Cc and Bcc address counts, and the hundredth of a day is the last', async () => {
  const adapter = await start();
  const many = (count: number) => Array.from({ length: count }, (_, at) => `r${at}@example.com`);
  await adapter.send({ ...message, to: many(50), cc: many(30), bcc: many(19) }, call());
  expect(fake.control.used()).toEqual({ day: 99, month: 99 });
  expect(await outcome(adapter.send({ ...message, to: many(2) }, call()))).toBe(
    'quota_exceeded daily_quota_exceeded',
  );
  expect(await outcome(adapter.send(message, call()))).toBe('sent');
  expect(await outcome(adapter.send(message, call()))).toBe('quota_exceeded daily_quota_exceeded');
  now = new Date('2026-12-01T00:00:00Z');
  expect(await outcome(adapter.send(message, call()))).toBe('sent');
  expect(fake.control.used()).toEqual({ day: 1, month: 1 });
});

test('the month has its own wall, and turns with the calendar', async () => {
  const adapter = await start({ quotas: { day: 100, month: 2 } });
  await adapter.send(message, call());
  await adapter.send(message, call());
  expect(await outcome(adapter.send(message, call()))).toBe('quota_exceeded monthly_quota_exceeded');
  now = new Date('2026-12-01T00:00:00Z');
  expect(await outcome(adapter.send(message, call()))).toBe('sent');
});

test('a repeated key costs nothing; after 24 hours it is forgotten', async () => {
  const adapter = await start();
  const first = await adapter.send(message, call('once'));
  now = new Date(now.getTime() + 24 * 3_600_000 - 1);
  expect((await adapter.send(message, call('once'))).messageId).toBe(first.messageId);
  now = new Date(now.getTime() + 1);
  expect((await adapter.send(message, call('once'))).messageId).not.toBe(first.messageId);
  expect(fake.emails).toHaveLength(2);
});

test('two requests a second, told in the documented headers', async () => {
  const adapter = await start({ requestsPerSecond: 2 });
  const all = await Promise.all([1, 2, 3].map(() => outcome(adapter.send(message, call()))));
  expect(all.toSorted()).toEqual(['rate_limited rate_limit_exceeded', 'sent', 'sent']);
  const refused = await fetch(`${fake.url}/domains`);
  expect(refused.status).toBe(429);
  expect(Object.fromEntries(refused.headers)).toMatchObject({
    'ratelimit-limit': '2',
    'ratelimit-remaining': '0',
    'ratelimit-reset': '1',
    'retry-after': '1',
  });
  now = new Date(now.getTime() + 1000);
  expect(await outcome(adapter.send(message, call()))).toBe('sent');
});

test('refusals have Resend’s own bodies', async () => {
  await start();
  const ask = async (body: unknown, headers: Record<string, string> = {}) => {
    const authorization = `Bearer ${fake.env.RESEND_API_KEY}`;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${fake.url}/emails`, {
      method: 'POST',
      headers: { authorization, ...headers },
      body: text,
    });
    const { statusCode, name } = (await response.json()) as Record<string, unknown>;
    expect(statusCode).toBe(response.status);
    return `${response.status} ${name}`;
  };
  const good = { from: 'a@example.com', to: 'b@example.com', subject: 's', text: 't' };
  expect(await ask(good, { authorization: '' })).toBe('401 missing_api_key');
  expect(await ask(good, { authorization: 'Bearer re_wrong' })).toBe('401 validation_error');
  expect(await ask({ ...good, to: undefined })).toBe('422 missing_required_field');
  expect(await ask({ ...good, to: 'nobody' })).toBe('422 validation_error');
  expect(await ask({ ...good, text: undefined })).toBe('422 validation_error');
  expect(await ask({ ...good, from: 'x' })).toBe('422 invalid_from_address');
  expect(await ask({ ...good, from: 'a@other.example' })).toBe('403 validation_error');
  expect(await ask('not JSON')).toBe('400 validation_error');
  expect(await ask(good, { 'idempotency-key': 'x'.repeat(257) })).toBe('400 invalid_idempotency_key');
  expect(fake.emails).toEqual([]);
});

test('a sending-only key sends, proves itself, and cannot read', async () => {
  const adapter = await start({}, { RESEND_API_KEY: SENDING_KEY });
  const { messageId } = await adapter.send(message, call());
  expect(await outcome(adapter.get({ messageId }, call()))).toBe('misconfigured restricted_api_key');
  const check = (key: string) =>
    verify(settingsOf({ ...fake.env, RESEND_API_KEY: key }), testHost(), AbortSignal.timeout(20_000));
  await check(SENDING_KEY);
  await check(fake.env.RESEND_API_KEY ?? '');
  expect(await outcome(check('re_unknownkey'))).toBe('misconfigured validation_error');
});

test('a scheduled message leaves when its time comes', async () => {
  const adapter = await start();
  const scheduledAt = new Date(now.getTime() + 1000).toISOString();
  const { messageId } = await adapter.send({ ...message, scheduledAt }, call());
  now = new Date(scheduledAt);
  expect((await adapter.get({ messageId }, call())).state).toBe('delivered');
  expect(await outcome(adapter.cancel({ messageId }, call()))).toBe('precondition_failed validation_error');
});

test('the plan reserves what the vendor will count', () => {
  const [free] = plans;
  const units = (operation: string, input: unknown) =>
    free?.meters.map((meter) =>
      meter.kind === 'sum' ? meter.count({ port: 'email', operation, input }) : 0,
    );
  expect(
    units('send', { ...message, cc: ['a@example.com'], bcc: ['b@example.com', 'c@example.com'] }),
  ).toEqual([4, 1]);
  expect(units('get', { messageId: 'x' })).toEqual([0, 1]);
  expect(units('cancel', { messageId: 'x' })).toEqual([0, 2]);
  expect(free?.meters.map((meter) => meter.limits.map((limit) => limit.max))).toEqual([[100, 3000], [2]]);
});
