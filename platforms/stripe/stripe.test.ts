import { readSettings, type SocleError } from '@socle/kernel';
import { type PaymentsPort, payments } from '@socle/port-payments';
import { paymentsConformance } from '@socle/port-payments/conformance';
import Stripe from 'stripe';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checks } from './audit.ts';
import { verify } from './client.ts';
import { type StripeFake, type StripeFakeOptions, startFake } from './fake.ts';
import { create } from './payments.ts';
import { stripe } from './platform.ts';
import { settingsOf, startStripeHarness, testHost } from './testing.ts';

paymentsConformance({
  name: 'stripe against its fake',
  networked: true,
  capabilities: payments.capabilities,
  start: startStripeHarness,
});

let fake: StripeFake;
const restart = async (options: StripeFakeOptions = {}): Promise<void> => {
  await fake?.close();
  fake = await startFake(options);
};
beforeEach(async () => {
  fake = await startFake();
});
afterEach(() => fake.close());

const adapter = () => create(settingsOf(fake.env), testHost([]));
const call = (idempotencyKey: string) => ({ signal: AbortSignal.timeout(10_000), idempotencyKey });
const sdk = (key = fake.env.STRIPE_SECRET_KEY ?? '') => {
  const { hostname, port } = new URL(fake.url);
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
};
const failure = (work: Promise<unknown>): Promise<SocleError> =>
  work.then(
    () => {
      throw new Error('it succeeded');
    },
    (thrown: unknown) => stripe.toError(thrown),
  );

/** An audit gets its adapters behind the pipeline, where every error is mapped. */
function piped(port: PaymentsPort): PaymentsPort {
  const entries = Object.entries(port as Record<string, (...given: unknown[]) => Promise<unknown>>);
  const mapped = entries.map(([name, method]) => [
    name,
    (...given: unknown[]) =>
      method(...given).catch((thrown: unknown) => Promise.reject(stripe.toError(thrown))),
  ]);
  return Object.fromEntries(mapped) as PaymentsPort;
}

test('a live key is refused until SOCLE_LIVE says that money may move', () => {
  const live = { STRIPE_SECRET_KEY: 'sk_live_0123456789' };
  const refused = readSettings(stripe.settings, live);
  expect(refused).toMatchObject({ state: 'faulty', faults: [{ field: 'STRIPE_SECRET_KEY' }] });
  expect(JSON.stringify(refused)).not.toContain('0123456789');
  expect(readSettings(stripe.settings, { ...live, SOCLE_LIVE: '0' }).state).toBe('faulty');
  expect(readSettings(stripe.settings, { ...live, SOCLE_LIVE: '1' }).state).toBe('ready');
  expect(readSettings(stripe.settings, { STRIPE_SECRET_KEY: 'rk_test_0123456789' }).state).toBe('ready');
  expect(readSettings(stripe.settings, { STRIPE_SECRET_KEY: 'rk_live_0123456789' }).state).toBe('faulty');
  expect(readSettings(stripe.settings, { SOCLE_LIVE: '1' }).state).toBe('absent');
});

test('all faults come at once, the live key among them', () => {
  const result = readSettings(stripe.settings, {
    STRIPE_SECRET_KEY: 'sk_live_0123456789',
    STRIPE_WEBHOOK_SECRET: 'secret',
    STRIPE_BASE_URL: 'http://stripe.example',
  });
  const fields = result.state === 'faulty' ? result.faults.map((one) => one.field) : [];
  expect(fields.toSorted()).toEqual(['STRIPE_BASE_URL', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET']);
});

test('it reaches Stripe, or the base URL that was given', () => {
  const settings = settingsOf(fake.env);
  const { baseUrl: _, ...real } = settings;
  expect(stripe.hosts(real)).toEqual(['api.stripe.com']);
  expect(stripe.hosts(settings)).toEqual([new URL(fake.url).host]);
});

test('each operation costs the plan no less than the requests that it makes', async () => {
  await restart({ requestsPerSecond: Number.POSITIVE_INFINITY });
  const [plan] = stripe.plans;
  const [meter] = plan?.meters ?? [];
  const port = adapter();
  const { customerId } = await port.createCustomer({ email: 'a@example.com' }, call('c'));
  const { productId } = await port.createProduct({ name: 'P' }, call('p'));
  const price = { productId, amountMinor: 900, currency: 'EUR', interval: 'month' } as const;
  const { priceId } = await port.createPrice(price, call('pr'));
  const { subscriptionId } = await port.createSubscription({ customerId, priceId, quantity: 1 }, call('s'));
  const cost = async (operation: string, work: () => Promise<unknown>) => {
    const before = fake.requests.length;
    await work();
    const counted = meter?.kind === 'sum' ? meter.count({ port: 'payments', operation, input: {} }) : 0;
    expect(fake.requests.length - before, operation).toBeLessThanOrEqual(counted);
  };
  await cost('createSubscription', () =>
    port.createSubscription({ customerId, priceId, quantity: 2 }, call('s2')),
  );
  const cancel = { subscriptionId, atPeriodEnd: false };
  await cost('cancelSubscription', () => port.cancelSubscription(cancel, call('x')));
  await cost('cancelSubscription', () => port.cancelSubscription(cancel, call('y')));
  await cost('deleteCustomer', () => port.deleteCustomer({ customerId }, call('d')));
  await cost('deleteCustomer', () => port.deleteCustomer({ customerId }, call('e')));
});

test('the 26th request of a second is refused, with when to come again', async () => {
  const at = new Date();
  await restart({ now: () => at });
  const port = adapter();
  const answers = await Promise.allSettled(
    Array.from({ length: 30 }, (_, index) => port.createProduct({ name: 'P' }, call(`rate-${index}`))),
  );
  const refused = answers.filter((one) => one.status === 'rejected');
  expect(refused).toHaveLength(5);
  const error = stripe.toError(refused[0]?.reason);
  expect([error.code, error.details.retryAfterMs]).toEqual(['rate_limited', 2000]);
});

test('the fake keeps Stripe’s rules of idempotency', async () => {
  const client = sdk();
  const first = await client.customers.create({ email: 'a@example.com' }, { idempotencyKey: 'k' });
  const again = await client.customers.create({ email: 'a@example.com' }, { idempotencyKey: 'k' });
  expect(again.id).toBe(first.id);
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
  const other = client.customers.create({ email: 'b@example.com' }, { idempotencyKey: 'k' });
  await expect(other).rejects.toMatchObject({ type: 'StripeIdempotencyError', statusCode: 400 });
  fake.control.next('hang');
  const stop = new AbortController();
  const hanging = fetch(`${fake.url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${fake.env.STRIPE_SECRET_KEY}`, 'idempotency-key': 'busy' },
    body: 'email=c%40example.com',
    signal: stop.signal,
  }).catch(() => undefined);
  await expect.poll(() => fake.control.pending()).toBe(0);
  const twin = adapter().createCustomer({ email: 'c@example.com' }, call('busy'));
  const { code } = await failure(twin).finally(() => stop.abort());
  await hanging;
  expect(code).toBe('unavailable');
});

test('what Stripe would refuse, the fake refuses by name', async () => {
  const { customers, paymentIntents, prices, products } = sdk();
  const unknown = customers.create({ emial: 'a@example.com' } as Stripe.CustomerCreateParams);
  await expect(unknown).rejects.toMatchObject({ code: 'parameter_unknown', param: 'emial', statusCode: 400 });
  const absent = paymentIntents.create({ currency: 'eur' } as Stripe.PaymentIntentCreateParams);
  await expect(absent).rejects.toMatchObject({ code: 'parameter_missing', param: 'amount' });
  const text = paymentIntents.create({ amount: 'five' as unknown as number, currency: 'eur' });
  await expect(text).rejects.toMatchObject({ code: 'parameter_invalid_integer', param: 'amount' });
  const { id: product } = await products.create({ name: 'P' });
  const odd = prices.create({ product, currency: 'kwd', unit_amount: 1234 });
  await expect(odd).rejects.toMatchObject({ param: 'unit_amount' });
});

test('cards behave as Stripe documents, and errors tell no client secret', async () => {
  const { paymentIntents } = sdk();
  const { id, client_secret } = await paymentIntents.create({ amount: 500, currency: 'eur' });
  const declined = paymentIntents.confirm(id, { payment_method: 'pm_card_chargeDeclinedInsufficientFunds' });
  const error = await failure(declined);
  expect([error.code, error.details.vendor?.code]).toEqual(['declined', 'card_declined']);
  expect(JSON.stringify([error, error.cause])).not.toContain(client_secret);
  const asks = await paymentIntents.confirm(id, { payment_method: 'pm_card_authenticationRequired' });
  expect(asks.status).toBe('requires_action');
  expect((await paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })).status).toBe('succeeded');
  expect((await failure(paymentIntents.confirm(id))).code).toBe('precondition_failed');
});

test('a wrong key is the operator’s to mend, and is not shown', async () => {
  const wrong = 'sk_test_wrongCanary0123456789';
  const settings = settingsOf({ ...fake.env, STRIPE_SECRET_KEY: wrong });
  const error = await failure(verify(settings, testHost([]), AbortSignal.timeout(5000)));
  expect([error.code, error.details.vendor?.status]).toEqual(['misconfigured', 401]);
  expect(JSON.stringify([error, String(error.stack), String(error.cause)])).not.toContain(wrong);
  await verify(settingsOf(fake.env), testHost([]), AbortSignal.timeout(5000));
});

test('every request carries the pinned API version and no telemetry', async () => {
  await adapter().createCustomer({ email: 'a@example.com' }, call('version'));
  const headers = fake.requests[0]?.headers ?? {};
  expect(headers['stripe-version']).toBe('2026-10-28.endive');
  expect(headers['idempotency-key']).toBe('version');
  expect(headers).not.toHaveProperty('x-stripe-client-telemetry');
});

test('a payment tells all that Stripe tells, signed', async () => {
  await fake.close();
  const harness = await startStripeHarness();
  const { paymentId, clientSecret } = await harness.adapter.createPayment(
    { amountMinor: 500, currency: 'EUR' },
    call('e'),
  );
  await harness.payer.confirm({ paymentId, clientSecret });
  await harness.fake.control.settled();
  expect(harness.fake.events.map((one) => one.type)).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
  ]);
  expect(harness.fake.deliveries.map((one) => one.status)).toEqual([200, 200, 200]);
  await harness.close();
  fake = await startFake();
});

test('the period turns: renewed and billed, or ended', async () => {
  await restart({ requestsPerSecond: Number.POSITIVE_INFINITY });
  const { customers, products, prices, subscriptions, invoices } = sdk();
  const { id: customer } = await customers.create({ email: 'a@example.com', payment_method: 'pm_card_visa' });
  const { id: product } = await products.create({ name: 'P' });
  const recurring = { interval: 'month' } as const;
  const { id: price } = await prices.create({ product, currency: 'eur', unit_amount: 900, recurring });
  const port = adapter();
  const made = await port.createSubscription(
    { customerId: customer, priceId: price, quantity: 1 },
    call('s'),
  );
  expect(made.state, 'a saved card is charged at once').toBe('active');
  fake.control.turnPeriod(made.subscriptionId);
  expect((await invoices.list({ customer })).data.map((one) => one.status)).toEqual(['paid', 'paid']);
  await subscriptions.update(made.subscriptionId, { cancel_at_period_end: true });
  fake.control.turnPeriod(made.subscriptionId);
  expect((await subscriptions.retrieve(made.subscriptionId)).status).toBe('canceled');
});

test.each(checks.map((one) => [one.id, one] as const))(
  'audit check %s passes against the fake',
  async (_, check) => {
    await check.run(settingsOf(fake.env), () => piped(adapter()) as never);
  },
);

test('an audit without webhook secret says what is missing', async () => {
  const { STRIPE_WEBHOOK_SECRET: _, ...env } = fake.env;
  const check = checks.find((one) => one.id === 'webhook-secret');
  await expect(check?.run(settingsOf(env), () => adapter() as never)).rejects.toMatchObject({
    code: 'misconfigured',
  });
});
