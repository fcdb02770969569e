import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type HeaderMap, SocleError, signWebhook, verifyWebhook } from '@socle/kernel';
import { email } from '@socle/port-email';
import { expect, test } from 'vitest';
import { create } from './email.ts';
import { startFake } from './fake.ts';
import fixture from './fixtures/webhooks.json' with { type: 'json' };
import { settingsOf, testHost } from './testing.ts';
import { webhook } from './webhook.ts';

const headers = { 'svix-id': 'msg_1' };
const { description: _, sent, ...facts } = fixture;

test.each(Object.entries(facts))('%s becomes one fact with the port’s payload', (_name, body) => {
  const [event, ...more] = webhook.toEvents({ headers, body });
  expect(more).toEqual([]);
  const schema = email.events[event?.type as keyof typeof email.events];
  expect(schema?.parse(event?.data)).toMatchObject({
    messageId: body.data.email_id,
    to: ['ada@example.com'],
    subject: 'Your receipt',
  });
  expect(event).toMatchObject({
    id: 'msg_1',
    subject: body.data.email_id,
    time: new Date('2026-11-21T09:00:01.123Z'),
  });
});

test('reasons and links are kept', () => {
  const data = (body: unknown) => webhook.toEvents({ headers, body })[0]?.data;
  expect(data(fixture.bounced)).toMatchObject({ reason: "The recipient's email address does not exist." });
  expect(data(fixture.failed)).toMatchObject({ reason: 'reached_daily_quota' });
  expect(data(fixture.suppressed)).toMatchObject({ reason: 'The address is on the suppression list.' });
  expect(data(fixture.clicked)).toMatchObject({ link: 'https://example.com/pay' });
});

test('what means nothing here makes no event; what is malformed is the vendor’s fault', () => {
  for (const type of ['email.sent', 'contact.created', 'constructor', '__proto__'])
    expect(webhook.toEvents({ headers, body: { ...sent, type } })).toEqual([]);
  for (const body of [
    null,
    [],
    'x',
    {},
    { ...sent, type: 'email.delivered', data: {} },
    { ...sent, created_at: 'x' },
  ])
    expect(() => webhook.toEvents({ headers, body })).toThrow(SocleError);
  expect(webhook.eventType({ headers, body: null })).toBe('unknown');
});

test('secrets are read while one is rotated, and none is none', async () => {
  const secrets = (value?: string) =>
    webhook.secrets(
      settingsOf({
        RESEND_API_KEY: 're_12345678',
        RESEND_FROM: 'a@example.com',
        RESEND_WEBHOOK_SECRET: value ?? '',
      }),
      testHost(),
    );
  expect(await secrets('whsec_AAAA, whsec_BBBB whsec_CC==')).toEqual([
    'whsec_AAAA',
    'whsec_BBBB',
    'whsec_CC==',
  ]);
  expect(await secrets()).toEqual([]);
});

test('the fake signs what it sends so that our verifier takes it, the id the same over its attempts', async () => {
  const seen: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push({ headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(seen.length === 1 ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const webhookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhook/resend`;
  const fake = await startFake({ webhookUrl });
  try {
    const settings = settingsOf(fake.env);
    const call = { signal: AbortSignal.timeout(20_000), idempotencyKey: 'k' };
    await create(settings, testHost()).send({ to: ['bounced@resend.dev'], subject: 'é', text: 'x' }, call);
    await fake.control.settled();
    const secrets = await webhook.secrets(settings, testHost());
    const verdicts = seen.map(({ headers, body }) =>
      verifyWebhook(
        webhook.schemes,
        { headers: headers as HeaderMap, body, url: webhookUrl },
        secrets,
        new Date(),
      ),
    );
    expect(verdicts.map((one) => one.valid)).toEqual([true, true, true]);
    const ids = seen.map(({ headers }) => webhook.deliveryId({ headers: headers as HeaderMap, body: null }));
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[1]);
    const types = seen.map(({ body }) => webhook.eventType({ headers: {}, body: JSON.parse(String(body)) }));
    expect(types).toEqual(['email.sent', 'email.sent', 'email.bounced']);
  } finally {
    await fake.close();
    receiver.closeAllConnections();
    await new Promise((resolve) => receiver.close(resolve));
  }
});

test('a delivery signed as Svix signs is taken under Svix’s header names alone', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const body = new Uint8Array(Buffer.from(JSON.stringify(fixture.delivered)));
  const now = new Date();
  const [scheme] = webhook.schemes;
  if (!scheme) throw new Error('no scheme');
  const given = signWebhook(scheme, { body, url: '' }, secret, { id: 'msg_1', now });
  expect(verifyWebhook(webhook.schemes, { headers: given, body, url: '' }, [secret], now).valid).toBe(true);
  const renamed = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name.replace('svix', 'webhook'), value]),
  );
  expect(verifyWebhook(webhook.schemes, { headers: renamed, body, url: '' }, [secret], now).valid).toBe(
    false,
  );
});
