import { isSocleError } from '@socle/kernel';
import type { Message } from '@socle/port-email';
import { expect, test } from 'vitest';
import { create } from './email.ts';
import { ResendRefusal, toError } from './errors.ts';
import fixture from './fixtures/emails.json' with { type: 'json' };
import { settingsOf, testHost } from './testing.ts';

const env = { RESEND_API_KEY: 're_12345678_canary', RESEND_FROM: 'Acme <no-reply@example.com>' };
const call = (idempotencyKey = 'key-1') => ({ signal: AbortSignal.timeout(20_000), idempotencyKey });
const message: Message = {
  to: ['Ada <ada@example.com>'],
  cc: ['bob@example.com'],
  bcc: ['cy@example.com'],
  replyTo: ['desk@example.com'],
  subject: 'Your receipt',
  html: '<p>Thanks</p>',
  text: 'Thanks',
  headers: { 'X-Order': '42' },
  scheduledAt: '2026-11-22T09:00:00.000Z',
  attachments: [{ filename: 'receipt.pdf', contentType: 'application/pdf', contentBase64: 'cmVjZWlwdA==' }],
};

/** The adapter against one recorded answer. */
function answering(body: unknown, init: ResponseInit = {}) {
  const seen: Request[] = [];
  const fetcher: typeof fetch = async (url, options) => {
    seen.push(new Request(url, options));
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), init);
  };
  return { adapter: create(settingsOf(env), testHost([], fetcher)), seen };
}

test('the request is the documented one, with key and idempotency key, to Resend alone', async () => {
  const { adapter, seen } = answering(fixture.created);
  expect((await adapter.send(message, call())).messageId).toBe(fixture.created.id);
  const [request] = seen;
  expect(await request?.json()).toEqual(fixture.request);
  expect(request?.url).toBe('https://api.resend.com/emails');
  expect(request?.headers.get('authorization')).toBe('Bearer re_12345678_canary');
  expect(request?.headers.get('idempotency-key')).toBe('key-1');
});

test('nothing is sent that was not asked for', async () => {
  const { adapter, seen } = answering(fixture.created);
  await adapter.send({ to: ['a@example.com'], subject: 'x', text: 'y' }, call());
  expect(Object.keys(await seen[0]?.json())).toEqual(['from', 'subject', 'text', 'to']);
});

test('a key that Resend would refuse is hashed, always to the same one', async () => {
  const { adapter, seen } = answering(fixture.created);
  for (const key of ['x'.repeat(257), 'x'.repeat(257), 'clé', 'a b', 'x'.repeat(256)])
    await adapter.send({ to: ['a@example.com'], subject: 'x', text: 'y' }, call(key));
  const keys = seen.map((one) => one.headers.get('idempotency-key') ?? '');
  expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(new Set(keys).size).toBe(4);
  expect(keys[4]).toBe('x'.repeat(256));
});

test('every state that Resend documents is read, a new one as accepted', async () => {
  const states = [
    'bounced',
    'canceled',
    'clicked',
    'complained',
    'delivered',
    'delivery_delayed',
    'failed',
    'opened',
    'queued',
    'scheduled',
    'sent',
    'suppressed',
    'something_new',
  ];
  const read = await Promise.all(
    states.map(async (last_event) => {
      const { adapter } = answering({ ...fixture.email, last_event });
      return (await adapter.get({ messageId: fixture.email.id }, call())).state;
    }),
  );
  expect(read).toEqual([
    'bounced',
    'cancelled',
    'delivered',
    'complained',
    'delivered',
    'accepted',
    'failed',
    'delivered',
    'accepted',
    'scheduled',
    'accepted',
    'failed',
    'accepted',
  ]);
});

test('an id cannot reach another endpoint', async () => {
  const { adapter, seen } = answering(fixture.email);
  for (const messageId of ['..', '.', '../domains', 'a/b', 'a?b', '%2e%2e'])
    for (const act of [adapter.get, adapter.cancel])
      await expect(act({ messageId }, call())).rejects.toMatchObject({ code: 'not_found' });
  expect(seen).toEqual([]);
});

test.each([
  ['not JSON', 'OK', 'vendor_contract'],
  ['no id', '{}', 'vendor_contract'],
  ['an empty body', '', 'vendor_contract'],
])('a success that is %s is in doubt, never a receipt', async (_what, body, code) => {
  const { adapter } = answering(body);
  await expect(adapter.send(message, call())).rejects.toMatchObject({ code });
});

test.each([
  [401, 'missing_api_key', 'misconfigured'],
  [401, 'restricted_api_key', 'misconfigured'],
  [401, 'validation_error', 'misconfigured'],
  [403, 'invalid_api_key', 'misconfigured'],
  [403, 'validation_error', 'misconfigured'],
  [400, 'validation_error', 'invalid_argument'],
  [422, 'validation_error', 'invalid_argument'],
  [422, 'missing_required_field', 'invalid_argument'],
  [404, 'not_found', 'not_found'],
  [409, 'invalid_idempotent_request', 'conflict'],
  [409, 'concurrent_idempotent_requests', 'unavailable'],
  [429, 'daily_quota_exceeded', 'quota_exceeded'],
  [429, 'monthly_quota_exceeded', 'quota_exceeded'],
  [429, 'rate_limit_exceeded', 'rate_limited'],
  [451, 'security_error', 'declined'],
  [500, 'application_error', 'unavailable'],
  [500, 'internal_server_error', 'unavailable'],
  [500, 'a_new_name', 'unavailable'],
  [418, 'a_new_name', 'vendor_contract'],
  [422, undefined, 'invalid_argument'],
])('HTTP %i %s is %s', (status, name, code) => {
  const error = toError(
    new ResendRefusal(status, { name, message: 'why' }, new Headers({ 'retry-after': '3' })),
  );
  expect([error.code, error.message, error.details.retryAfterMs]).toEqual([code, 'why', 3000]);
  expect(error.details.vendor).toEqual({ status, ...(name ? { code: name } : {}) });
});

test('only what Resend refused before it acted is without effect', () => {
  const applied = (status: number, name: string) =>
    toError(new ResendRefusal(status, { name }, new Headers())).details.applied;
  expect(applied(409, 'concurrent_idempotent_requests')).toBe('no');
  expect(applied(500, 'application_error')).toBeUndefined();
  expect(isSocleError(toError(undefined))).toBe(true);
});
