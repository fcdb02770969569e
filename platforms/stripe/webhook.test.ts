import { signWebhook, verifyWebhook } from '@socle/kernel';
import { paymentEvents } from '@socle/port-payments';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StripeFake, startFake, stripeSignature } from './fake.ts';
import { settingsOf, testHost } from './testing.ts';
import { webhook } from './webhook.ts';

let fake: StripeFake;
beforeAll(async () => {
  fake = await startFake();
});
afterAll(() => fake.close());

const event = (type: string, object: object, more: object = {}) => ({
  headers: {},
  body: { id: `evt_${type}`, type, created: 1_790_000_000, data: { object, ...more } },
});
const intent = {
  id: 'pi_1',
  object: 'payment_intent',
  amount: 2000,
  amount_received: 2000,
  currency: 'eur',
  customer: 'cus_1',
  receipt_email: null,
  description: null,
  metadata: {},
  latest_charge: 'ch_1',
};
const first = (delivery: ReturnType<typeof event>) => webhook.toEvents(delivery)[0];

test('the kernel accepts what Stripe signs, in its own words and in the fake’s', async () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const body = '{"id":"evt_1"}';
  const bytes = new TextEncoder().encode(body);
  const secret = 'whsec_test_0123456789';
  const [scheme] = webhook.schemes;
  if (!scheme) throw new Error('no scheme');
  const theirs = { 'stripe-signature': stripeSignature(body, secret, now) };
  const ours = signWebhook(scheme, { body: bytes, url: '' }, secret, { id: 'evt_1', now });
  for (const headers of [theirs, ours]) {
    const request = { headers, body: bytes, url: '' };
    expect(verifyWebhook(webhook.schemes, request, ['whsec_new', secret], now).valid).toBe(true);
    expect(verifyWebhook(webhook.schemes, request, ['whsec_new'], now).valid).toBe(false);
    const late = new Date(now.getTime() + 301_000);
    expect(verifyWebhook(webhook.schemes, request, [secret], late)).toMatchObject({
      valid: false,
      reason: 'stale',
    });
    const flipped = { ...request, body: new TextEncoder().encode('{"id":"evt_2"}') };
    expect(verifyWebhook(webhook.schemes, flipped, [secret], now).valid).toBe(false);
  }
});

test('several secrets are valid during a rotation, none means refused', async () => {
  const host = testHost([]);
  const settings = settingsOf({ ...fake.env, STRIPE_WEBHOOK_SECRET: 'whsec_new1, whsec_old1 whsec_x' });
  expect(await webhook.secrets(settings, host)).toEqual(['whsec_new1', 'whsec_old1', 'whsec_x']);
  const { webhookSecret: _, ...without } = settings;
  expect(await webhook.secrets(without, host)).toEqual([]);
});

test('a delivery is known by its event id', () => {
  const delivery = event('payment_intent.succeeded', intent);
  expect(webhook.deliveryId(delivery)).toBe('evt_payment_intent.succeeded');
  expect(webhook.eventType(delivery)).toBe('payment_intent.succeeded');
  for (const body of [null, 7, 'text', [], {}, { id: 7 }]) {
    expect(webhook.deliveryId({ headers: {}, body })).toBeUndefined();
    expect(webhook.toEvents({ headers: {}, body })).toEqual([]);
  }
});

test('a payment keeps one id whichever delivery tells it', () => {
  const draft = first(event('payment_intent.succeeded', intent));
  expect(draft).toMatchObject({
    id: 'pi_1:succeeded',
    type: 'payment.succeeded',
    time: new Date(1_790_000_000_000),
  });
  expect(draft?.data).toMatchObject({
    paymentId: 'pi_1',
    amountMinor: 2000,
    currency: 'EUR',
    customerId: 'cus_1',
  });
});

test.each([
  ['receipt_email', { receipt_email: 'a@example.com' }],
  ['an expanded charge', { latest_charge: { id: 'ch_1', billing_details: { email: 'a@example.com' } } }],
  ['charges of older API versions', { charges: { data: [{ billing_details: { email: 'a@example.com' } }] } }],
  ['metadata', { metadata: { email: 'a@example.com' } }],
])('the address for a receipt is found in %s', (_, more) => {
  const { latest_charge: __, ...older } = intent;
  const object = 'charges' in more ? { ...older, ...more } : { ...intent, ...more };
  expect(first(event('payment_intent.succeeded', object))?.data).toMatchObject({ email: 'a@example.com' });
});

test('an expanded customer reads like a plain id', () => {
  const object = { ...intent, customer: { id: 'cus_9', object: 'customer' } };
  expect(first(event('payment_intent.succeeded', object))?.data).toMatchObject({ customerId: 'cus_9' });
});

test('invoice.paid and invoice.payment_succeeded are one fact', () => {
  const invoice = {
    id: 'in_1',
    customer: 'cus_1',
    customer_email: null,
    currency: 'jpy',
    total: 500,
    parent: { type: 'subscription_details', subscription_details: { subscription: 'sub_1' } },
  };
  const ids = ['invoice.paid', 'invoice.payment_succeeded'].map((type) => first(event(type, invoice)));
  expect(ids.map((one) => [one?.id, one?.type])).toEqual([
    ['in_1:paid', 'invoice.paid'],
    ['in_1:paid', 'invoice.paid'],
  ]);
  expect(ids[0]?.data).toMatchObject({ subscriptionId: 'sub_1', currency: 'JPY', totalMinor: 500 });
  const older = { ...invoice, parent: undefined, subscription: 'sub_2' };
  expect(first(event('invoice.paid', older))?.data).toMatchObject({ subscriptionId: 'sub_2' });
});

const subscription = (status: string) => ({
  id: 'sub_1',
  customer: 'cus_1',
  status,
  cancel_at_period_end: false,
  items: { data: [{ current_period_end: 1_792_000_000, price: { id: 'price_1' } }] },
  metadata: {},
});

test.each([
  ['customer.subscription.created', 'incomplete', {}, undefined],
  ['customer.subscription.created', 'active', {}, 'subscription.started'],
  ['customer.subscription.created', 'trialing', {}, 'subscription.started'],
  [
    'customer.subscription.updated',
    'active',
    { previous_attributes: { status: 'incomplete' } },
    'subscription.started',
  ],
  [
    'customer.subscription.updated',
    'past_due',
    { previous_attributes: { status: 'active' } },
    'subscription.changed',
  ],
  ['customer.subscription.updated', 'incomplete_expired', {}, 'subscription.ended'],
  ['customer.subscription.deleted', 'canceled', {}, 'subscription.ended'],
])('%s with status %s is told as it should be', (type, status, more, expected) => {
  expect(first(event(type, subscription(status), more))?.type).toBe(expected);
});

test('a shape that Stripe never had is told as such, an unknown type is no fact', () => {
  expect(() => webhook.toEvents(event('payment_intent.succeeded', { id: 'pi_1' }))).toThrow(
    /unexpected shape at amount/,
  );
  expect(webhook.toEvents(event('radar.early_fraud_warning.created', {}))).toEqual([]);
});

test('every fact fits its declared payload', () => {
  const deliveries = [
    event('payment_intent.succeeded', intent),
    event('payment_intent.payment_failed', { ...intent, last_payment_error: { message: 'Declined' } }),
    event('charge.refunded', { ...intent, id: 'ch_1', payment_intent: 'pi_1', amount_refunded: 500 }),
    event('customer.subscription.deleted', subscription('canceled')),
    event('customer.created', { id: 'cus_1', email: null }),
    event('checkout.session.completed', {
      id: 'cs_1',
      payment_intent: 'pi_1',
      customer_details: { email: 'x@y.z' },
    }),
  ];
  for (const delivery of deliveries) {
    const draft = first(delivery);
    const schema = paymentEvents[draft?.type as keyof typeof paymentEvents];
    expect(schema.safeParse(draft?.data).success, draft?.type).toBe(true);
  }
});
