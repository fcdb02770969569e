import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/serve.ts';

const NEW_SECRET = 'whsec_newSecret000000000000';
const OLD_SECRET = 'whsec_oldSecret000000000000';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    env: {
      STRIPE_SECRET_KEY: 'sk_test_gateway00000000',
      STRIPE_WEBHOOK_SECRET: `${NEW_SECRET},${OLD_SECRET}`,
    },
  });
});
afterAll(() => server.stop());

function payment(id: string, email = 'ada@example.com'): string {
  const object = {
    id: `pi_${id}`,
    object: 'payment_intent',
    amount: 1900,
    amount_received: 1900,
    currency: 'eur',
    customer: null,
    receipt_email: email,
    description: 'Pro plan',
    metadata: {},
    status: 'succeeded',
  };
  const created = Math.floor(Date.now() / 1000);
  return JSON.stringify({
    id: `evt_${id}`,
    object: 'event',
    type: 'payment_intent.succeeded',
    created,
    data: { object },
  });
}

function sign(
  body: string,
  { secret = NEW_SECRET, at = Date.now() }: { secret?: string; at?: number } = {},
): string {
  const t = Math.floor(at / 1000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}

function post(body: string, signature = sign(body)): Promise<Response> {
  return fetch(`${server.url}/webhook/stripe`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
  });
}

const count = async (table: string, where = 'true'): Promise<number> =>
  (
    await server.database.sql.query<{ n: number }>(`select count(*)::int as n from ${table} where ${where}`)
  )[0]?.n ?? -1;

test('ten parallel posts of one delivery: one row, one event, one payment, one mail', async () => {
  const body = payment('ten');
  const answers = await Promise.all(Array.from({ length: 10 }, () => post(body)));
  expect(answers.map((one) => one.status)).toEqual(Array(10).fill(200));
  const states = await Promise.all(
    answers.map(async (one) => ((await one.json()) as { status: string }).status),
  );
  expect(states.filter((one) => one === 'accepted')).toHaveLength(1);
  await expect.poll(() => count('socle.runs', "state = 'succeeded'"), { timeout: 20_000 }).toBe(1);
  expect(await count('socle.deliveries')).toBe(1);
  expect(await count('socle.events', "type = 'payment.succeeded'")).toBe(1);
  expect(await count('public.payments')).toBe(1);
  const mails = await fetch(`${server.url}/api/v1/console/mailbox`);
  expect(((await mails.json()) as { items: unknown[] }).items).toHaveLength(1);
});

test('the secret that is being rotated out still counts, while it is configured', async () => {
  const body = JSON.stringify({ id: 'evt_rotated', type: 'ping', created: 1, data: { object: {} } });
  expect((await post(body, sign(body, { secret: OLD_SECRET }))).status).toBe(200);
});

test('forged, old or unsigned: 401 and nothing stored', async () => {
  const before = await count('socle.deliveries');
  const body = payment('forged');
  const flipped = body.replace('1900', '1901');
  const refused = [
    post(flipped, sign(body)),
    post(body, sign(body, { secret: 'whsec_anotherSecret00000000' })),
    post(body, sign(body, { at: Date.now() - 301_000 })),
    // far enough ahead that a busy machine does not catch up with it
    post(body, sign(body, { at: Date.now() + 900_000 })),
    post(body, 't=1,v1=00'),
    post(body, ''),
    post(body, sign(body).replace('v1=', 'v0=')),
  ];
  for (const one of await Promise.all(refused)) {
    expect(one.status).toBe(401);
    expect(await one.json()).toMatchObject({ code: 'unauthenticated' });
  }
  expect(await count('socle.deliveries')).toBe(before);
});

test('signed but not JSON: 400; two megabytes: 413, read or not; unknown platform: 404', async () => {
  expect((await post('not json')).status).toBe(400);
  const big = JSON.stringify({ id: 'evt_big', padding: 'x'.repeat(2 << 20) });
  expect((await post(big)).status).toBe(413);
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  const streamed = await fetch(`${server.url}/webhook/stripe`, {
    method: 'POST',
    body: endless,
    duplex: 'half',
  } as RequestInit).catch(() => undefined);
  // The connection may be closed before the client has read the answer.
  if (streamed) expect(streamed.status).toBe(413);
  const elsewhere = await fetch(`${server.url}/webhook/pigeon`, { method: 'POST', body: '{}' });
  expect(elsewhere.status).toBe(404);
});

test('an unknown type is stored and acknowledged', async () => {
  const body = JSON.stringify({
    id: 'evt_odd',
    type: 'radar.early_fraud_warning',
    created: 1,
    data: { object: {} },
  });
  expect((await post(body)).status).toBe(200);
  await expect.poll(() => count('socle.deliveries', "delivery_id = 'evt_odd' and state = 'ignored'")).toBe(1);
});

test('the database away: 503 and nothing acknowledged; back again: delivered', async () => {
  const body = payment('away', 'grace@example.com');
  await server.line.cut();
  const answer = await post(body);
  expect(answer.status).toBe(503);
  await server.line.mend();
  await expect.poll(async () => (await post(body)).status, { timeout: 20_000, interval: 200 }).toBe(200);
  await expect
    .poll(() => count('public.payments', "payment_id = 'pi_away'"), { timeout: 30_000, interval: 200 })
    .toBe(1);
  expect(await count('socle.deliveries', "delivery_id = 'evt_away'")).toBe(1);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});

test('a probe by HEAD is answered for platforms that send one', async () => {
  expect((await fetch(`${server.url}/webhook/stripe`, { method: 'HEAD' })).status).toBe(405);
  expect((await fetch(`${server.url}/webhook/pigeon`, { method: 'HEAD' })).status).toBe(404);
});
