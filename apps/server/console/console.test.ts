import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/serve.ts';
import type { DeliveryDetail, Overview, Page, PlatformSettings, RunView } from './contract.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env: { SOCLE_LIVE: '0' } });
});
afterAll(() => server.stop());

const api = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${server.url}/api/v1/console${path}`, init);
const read = async <T>(path: string): Promise<T> => (await api(path)).json() as Promise<T>;
const write = (path: string, method: string, body: unknown): Promise<Response> =>
  api(path, { method, body: JSON.stringify(body) });
const call = async (name: string, input: unknown): Promise<Record<string, string>> => {
  const answer = await fetch(`${server.url}/api/v1/${name.replace('.', '/')}`, {
    method: 'POST',
    body: JSON.stringify(input),
  });
  expect(answer.status, name).toBe(200);
  return answer.json() as Promise<Record<string, string>>;
};

test('the overview tells modules with their evidence, and what feeds what', async () => {
  const before = await read<Overview>('/overview');
  expect(before.database).toMatchObject({ kind: 'external', version: expect.stringMatching(/^18/) });
  const email = before.modules.find((one) => one.port === 'email');
  expect(email).toMatchObject({ adapter: 'embedded', state: 'embedded', policy: 'fail', calls24h: 0 });
  expect(before.edges).toEqual(
    expect.arrayContaining([
      { from: 'platform:embedded', to: 'event:payment.succeeded', label: 'webhook', kind: 'webhook' },
      { from: 'event:payment.succeeded', to: 'flow:payment-receipt', label: '', kind: 'trigger' },
      { from: 'flow:payment-receipt', to: 'module:email', label: 'send', kind: 'call' },
      { from: 'flow:payment-receipt', to: 'event:receipt.sent', label: '', kind: 'emit' },
      { from: 'module:email', to: 'platform:embedded', label: 'email', kind: 'call' },
    ]),
  );
  const ids = new Set(before.nodes.map((one) => one.id));
  for (const { from, to } of before.edges) expect(ids.has(from) && ids.has(to), `${from} ${to}`).toBe(true);

  await call('email.send', { from: 'me@example.com', to: ['ada@example.com'], subject: 'Hi', text: 'Hello' });
  expect(await (await api('/settings/embedded/test', { method: 'POST' })).json()).toMatchObject({ ok: true });
  const after = (await read<Overview>('/overview')).modules.find((one) => one.port === 'email');
  expect(after?.calls24h).toBe(1);
  expect(after?.progress.percent).toBeGreaterThan(email?.progress.percent ?? 100);
});

test('a payment on the embedded platform can be followed from delivery to mail', async () => {
  const { productId } = await call('payments.createProduct', { name: 'Pro plan' });
  const { priceId } = await call('payments.createPrice', { productId, amountMinor: 1900, currency: 'EUR' });
  const { url, checkoutId } = await call('payments.createCheckout', {
    mode: 'payment',
    items: [{ priceId }],
    customerEmail: 'grace@example.com',
    successUrl: 'http://localhost:5000/',
    cancelUrl: 'http://localhost:5000/',
  });
  expect(url).toContain(server.app.addresses.publicBaseUrl);
  expect(checkoutId).toMatch(/\w/);
  const page = await fetch(url ?? '');
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('Pro plan');
  const paid = await fetch(url ?? '', {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(url ?? '').origin },
    body: new URLSearchParams({
      action: 'pay',
      number: '4242 4242 4242 4242',
      expiry: '12 / 40',
      cvc: '123',
    }),
  });
  expect(paid.status).toBe(303);
  await expect
    .poll(
      async () => (await read<Page<{ to: string[] }>>('/mailbox?search=grace@example.com')).items.length,
      {
        timeout: 20_000,
      },
    )
    .toBe(1);
  const events = await read<Page<{ type: string; source: string }>>('/events?type=payment.succeeded');
  expect(events.items).toMatchObject([{ source: '/platforms/embedded' }]);
});

async function deliver(): Promise<void> {
  await write('/settings/stripe', 'PUT', {
    values: { secretKey: 'sk_test_console000000', webhookSecret: 'whsec_consoleSecret00' },
  });
  const { createHmac } = await import('node:crypto');
  const t = Math.floor(Date.now() / 1000);
  const object = {
    id: 'pi_console',
    object: 'payment_intent',
    amount: 500,
    amount_received: 500,
    currency: 'eur',
    customer: null,
    receipt_email: 'lin@example.com',
    description: null,
    metadata: {},
    status: 'succeeded',
  };
  const body = JSON.stringify({
    id: 'evt_console',
    type: 'payment_intent.succeeded',
    created: t,
    data: { object },
  });
  const v1 = createHmac('sha256', 'whsec_consoleSecret00').update(`${t}.${body}`).digest('hex');
  const answer = await fetch(`${server.url}/webhook/stripe`, {
    method: 'POST',
    body,
    headers: { 'stripe-signature': `t=${t},v1=${v1}` },
  });
  expect(answer.status).toBe(200);
}

test('a webhook secret saved in the console counts at once; lists, details and replay', async () => {
  await deliver();
  await expect
    .poll(async () => (await read<Page<unknown>>('/mailbox?search=lin@example.com')).items.length, {
      timeout: 20_000,
    })
    .toBe(1);
  const runs = await read<Page<RunView>>('/runs?flow=payment-receipt&state=succeeded');
  expect(runs.items.length).toBeGreaterThan(0);
  const { items } = await read<Page<{ id: string }>>(
    '/deliveries?platform=stripe&state=processed&search=payment_intent',
  );
  const detail = await read<DeliveryDetail>(`/deliveries/${items[0]?.id}`);
  expect(detail).toMatchObject({
    deliveryId: 'evt_console',
    body: { id: 'evt_console' },
    events: [{ type: 'payment.succeeded', eventId: expect.any(String) }],
  });
  expect(JSON.stringify(detail.headers)).not.toContain('v1=');
  const event = await read<{ runs: RunView[] }>(`/events/${detail.events[0]?.id}`);
  const run = await read<{ steps: { state: string }[] }>(`/runs/${event.runs[0]?.id}`);
  expect(run.steps.every((one) => one.state === 'succeeded')).toBe(true);
  expect((await write(`/deliveries/${detail.id}/replay`, 'POST', {})).status).toBe(202);
  expect((await write(`/events/${detail.events[0]?.id}/replay`, 'POST', {})).status).toBe(202);
  await expect
    .poll(async () => (await read<DeliveryDetail>(`/deliveries/${detail.id}`)).state)
    .toBe('processed');
  const mails = await read<Page<{ id: string; to: string[] }>>('/mailbox?search=lin@example.com');
  expect(mails.items).toHaveLength(1);
  const html = await api(`/mailbox/${mails.items[0]?.id}/html`);
  expect(html.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
  expect((await api(`/mailbox/${mails.items[0]?.id}`, { method: 'DELETE' })).status).toBe(200);
  expect((await read<Page<unknown>>('/mailbox?search=lin@example.com')).items).toEqual([]);
  await write(`/mailbox/${mails.items[0]?.id}/restore`, 'POST', {});
  expect((await read<Page<unknown>>('/mailbox?search=lin@example.com')).items).toHaveLength(1);
});

test('settings: forms without secrets, faults before anything is stored, removal switches off', async () => {
  const stripeOf = async (): Promise<PlatformSettings | undefined> =>
    (await read<PlatformSettings[]>('/settings')).find((one) => one.id === 'stripe');
  await deliver();
  const form = await stripeOf();
  expect(form).toMatchObject({
    state: 'ready',
    webhookUrl: `${server.app.addresses.publicBaseUrl}/webhook/stripe`,
  });
  expect(form?.fields.find((one) => one.name === 'secretKey')).toMatchObject({
    secret: true,
    isSet: true,
    origin: 'vault',
    value: null,
  });
  expect(JSON.stringify(form)).not.toContain('sk_test_console');

  const wrong = await write('/settings/stripe', 'PUT', {
    values: { secretKey: 'nonsense', baseUrl: 'ftp://x' },
  });
  expect(wrong.status).toBe(422);
  const { faults } = (await wrong.json()) as { faults: { field: string; fix: string }[] };
  expect(faults.map((one) => one.field).sort()).toEqual(['STRIPE_BASE_URL', 'STRIPE_SECRET_KEY']);
  expect((await stripeOf())?.state).toBe('ready');
  expect((await write('/settings/stripe', 'PUT', { values: { pigeon: 'x' } })).status).toBe(422);
  expect((await write('/settings/pigeon', 'PUT', { values: {} })).status).toBe(404);
  expect((await write('/settings/stripe', 'PUT', 'nonsense')).status).toBe(400);

  const removed = await write('/settings/stripe', 'PUT', {
    values: { secretKey: null, webhookSecret: null },
  });
  expect(await removed.json()).toMatchObject({ state: 'absent' });
  const { modules } = await read<Overview>('/overview');
  expect(modules.find((one) => one.port === 'payments')?.adapter).toBe('embedded');
  expect((await (await api('/settings/stripe/test', { method: 'POST' })).json()) as object).toMatchObject({
    ok: false,
    code: 'misconfigured',
  });
});

test('a value of the environment is shown as such and cannot be changed here', async () => {
  const { fields } = (await read<PlatformSettings[]>('/settings')).find((one) => one.id === 'stripe') ?? {};
  expect(fields?.find((one) => one.name === 'live')).toMatchObject({ origin: 'environment', value: '0' });
  const change = await write('/settings/stripe', 'PUT', { values: { live: '1' } });
  expect(change.status).toBe(422);
  expect(await change.json()).toMatchObject({ faults: [{ field: 'SOCLE_LIVE' }] });
});

test('the live view says what to fetch again, and ends when its reader goes', async () => {
  const gone = new AbortController();
  const stream = await api('/live', { signal: gone.signal });
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  let seen = '';
  const reading = (async () => {
    for await (const chunk of stream.body ?? []) seen += new TextDecoder().decode(chunk);
  })().catch(() => undefined);
  await call('email.send', {
    from: 'me@example.com',
    to: ['ada@example.com'],
    subject: 'Live',
    text: 'Hello',
  });
  await write('/settings/stripe', 'PUT', { values: { webhookSecret: null, secretKey: null } });
  await expect.poll(() => seen, { timeout: 10_000 }).toContain('data: {"topic":"mailbox"}');
  await write('/settings/stripe', 'PUT', { values: { secretKey: 'sk_test_live00000000' } });
  await expect.poll(() => seen, { timeout: 10_000 }).toContain('data: {"topic":"settings"}');
  gone.abort();
  await reading;
});

test('what is asked wrongly is told so', async () => {
  expect((await api('/deliveries?state=lost')).status).toBe(400);
  expect((await api('/deliveries/abc')).status).toBe(400);
  expect((await api('/deliveries/999999')).status).toBe(404);
  expect((await api('/mailbox/nothing')).status).toBe(404);
  expect((await api('/nothing')).status).toBe(404);
  expect((await api('/quotas')).status).toBe(200);
});
