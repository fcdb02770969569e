import { randomUUID } from 'node:crypto';
import { payments } from '@socle/port-payments';
import { paymentsConformance } from '@socle/port-payments/conformance';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from './context.ts';
import { emit } from './outbox.ts';
import { type EmbeddedHarness, goodCard, startEmbeddedHarness } from './testing.ts';
import { paymentUpkeep, renewSubscriptions } from './upkeep.ts';

paymentsConformance({
  name: 'embedded',
  networked: false,
  capabilities: payments.capabilities,
  start: startEmbeddedHarness,
});

let now: Date;
let harness: EmbeddedHarness;
beforeEach(async () => {
  now = new Date('2026-01-31T10:00:00Z');
  harness = await startEmbeddedHarness({ clock: { now: () => now } });
});
afterEach(() => harness.close());

const call = () => ({ signal: AbortSignal.timeout(30_000), idempotencyKey: randomUUID() });
const later = (ms: number): void => {
  now = new Date(now.getTime() + ms);
};
const MINUTE = 60_000;
const DAY = 86_400_000;
const renew = () => renewSubscriptions(harness.host, AbortSignal.timeout(30_000));
const told = async (type: string) => (await harness.events()).filter((one) => one.type === type);

async function aSubscription(number = goodCard.number, amountMinor = 1900) {
  const { adapter, submit } = harness;
  const { customerId } = await adapter.createCustomer({ email: 'ada@example.com' }, call());
  const { productId } = await adapter.createProduct({ name: 'Plan' }, call());
  const input = { productId, amountMinor, currency: 'EUR', interval: 'month' } as const;
  const { priceId } = await adapter.createPrice(input, call());
  const { checkoutId, url } = await adapter.createCheckout(
    {
      mode: 'subscription',
      items: [{ priceId, quantity: 1 }],
      customerId,
      successUrl: 'https://shop.example/ok',
      cancelUrl: 'https://shop.example/no',
    },
    call(),
  );
  expect((await submit(url ?? '', { ...goodCard, number })).status).toBe(303);
  const { subscriptionId } = await adapter.getCheckout({ checkoutId }, call());
  return { customerId, priceId, subscriptionId: subscriptionId ?? '' };
}

test('a fact that the inbox refused is sent again, under the same id, until it is taken', async () => {
  harness.refuseDeliveries(503);
  const { customerId } = await harness.adapter.createCustomer({ email: 'ada@example.com' }, call());
  await expect.poll(() => harness.deliveries).toHaveLength(1);
  await harness.adapter.close();
  harness.refuseDeliveries(undefined);
  const redeliver = paymentUpkeep[0];
  await redeliver?.run({}, harness.host, AbortSignal.timeout(10_000));
  expect(harness.deliveries, 'not before its time').toHaveLength(1);
  later(MINUTE);
  await redeliver?.run({}, harness.host, AbortSignal.timeout(10_000));
  expect(await told('customer.created')).toMatchObject([{ id: `${customerId}:created` }]);
  expect(new Set(harness.deliveries.map(({ request }) => request.headers['webhook-id'])).size).toBe(1);
  expect(harness.deliveries.every((one) => one.isValid)).toBe(true);
  later(DAY);
  await redeliver?.run({}, harness.host, AbortSignal.timeout(10_000));
  expect(harness.deliveries, 'taken once, sent no more').toHaveLength(2);
});

test('a fact written just before a crash is delivered by the next worker, and by one of two', async () => {
  const id = newId('fact');
  const data = { customerId: 'cus_1', email: null };
  for (let index = 0; index < 20; index += 1) {
    await emit({ sql: harness.database.sql, now }, 'customer.created', {
      id: `${id}:${index}`,
      subject: id,
      data,
    });
  }
  const redeliver = paymentUpkeep[0];
  const run = () => redeliver?.run({}, harness.host, AbortSignal.timeout(10_000));
  await Promise.all([run(), run()]);
  const ids = harness.deliveries.map(({ request }) => request.headers['webhook-id']);
  expect(ids.toSorted()).toEqual(Array.from({ length: 20 }, (_, index) => `${id}:${index}`).toSorted());
});

test('what is rolled back tells nothing', async () => {
  const work = harness.database.sql.transaction(async (sql) => {
    await emit({ sql, now }, 'customer.created', {
      id: 'x',
      subject: 'x',
      data: { customerId: 'x', email: null },
    });
    throw new Error('rolled back');
  });
  await expect(work).rejects.toThrow('rolled back');
  expect(await harness.database.sql.query('select * from socle_embedded.payment_events')).toEqual([]);
});

test('twins under one key at the same moment make one object', async () => {
  const same = call();
  const made = await Promise.all(
    Array.from({ length: 12 }, () => harness.adapter.createCustomer({ email: 'twin@example.com' }, same)),
  );
  expect(new Set(made.map((one) => one.customerId)).size).toBe(1);
  expect(await harness.count('customer')).toBe(1);
});

test('a renewal bills each period once, and the 31st comes back to the 31st', async () => {
  const { customerId, subscriptionId } = await aSubscription();
  const end = async () =>
    (await harness.adapter.getSubscription({ subscriptionId }, call())).currentPeriodEnd;
  expect(await end()).toBe('2026-02-28T10:00:00.000Z');
  await renew();
  expect(await harness.count('payment'), 'nothing is due yet').toBe(1);
  later(28 * DAY);
  await Promise.all([renew(), renew(), renew()]);
  expect(await end()).toBe('2026-03-31T10:00:00.000Z');
  const { invoices } = await harness.adapter.listInvoices({ customerId, limit: 10 }, call());
  expect(invoices.map((one) => [one.number, one.state])).toEqual([
    ['INV-000002', 'paid'],
    ['INV-000001', 'paid'],
  ]);
  await expect.poll(() => told('invoice.paid')).toHaveLength(2);
  later(95 * DAY);
  await renew();
  expect(await end(), 'periods missed meanwhile are caught up').toBe('2026-06-30T10:00:00.000Z');
  expect(await harness.count('payment')).toBe(5);
});

test('a subscription cancelled for the period end then ends, unbilled', async () => {
  const { subscriptionId } = await aSubscription();
  await harness.adapter.cancelSubscription({ subscriptionId, atPeriodEnd: true }, call());
  later(29 * DAY);
  await renew();
  expect((await harness.adapter.getSubscription({ subscriptionId }, call())).state).toBe('cancelled');
  expect(await harness.count('payment')).toBe(1);
  await expect.poll(() => told('subscription.ended')).toHaveLength(1);
});

test('a renewal that the bank refuses is overdue until its invoice is paid', async () => {
  const { customerId, subscriptionId } = await aSubscription('4000 0000 0000 0341');
  later(28 * DAY);
  await renew();
  const state = async () => (await harness.adapter.getSubscription({ subscriptionId }, call())).state;
  expect(await state()).toBe('past_due');
  await expect.poll(() => told('invoice.failed')).toHaveLength(1);
  const [open] = (await harness.adapter.listInvoices({ customerId, limit: 1 }, call())).invoices;
  expect(open?.state).toBe('open');
  expect((await harness.submit(open?.url ?? '', goodCard)).status).toBe(303);
  expect(await state()).toBe('active');
});

test('a whole period left unpaid ends the subscription and voids the invoice', async () => {
  const { customerId, subscriptionId } = await aSubscription('4000 0000 0000 0341');
  later(28 * DAY);
  await renew();
  later(31 * DAY);
  await renew();
  expect((await harness.adapter.getSubscription({ subscriptionId }, call())).state).toBe('cancelled');
  const { invoices } = await harness.adapter.listInvoices({ customerId, limit: 10 }, call());
  expect(invoices.map((one) => one.state)).toEqual(['void', 'paid']);
});

test('a first payment that never comes ends the subscription after 23 hours', async () => {
  const { adapter } = harness;
  const { customerId } = await adapter.createCustomer({ email: 'ada@example.com' }, call());
  const { productId } = await adapter.createProduct({ name: 'Plan' }, call());
  const input = { productId, amountMinor: 900, currency: 'EUR', interval: 'month' } as const;
  const { priceId } = await adapter.createPrice(input, call());
  const { subscriptionId } = await adapter.createSubscription({ customerId, priceId, quantity: 1 }, call());
  later(22 * 60 * MINUTE);
  await renew();
  expect((await adapter.getSubscription({ subscriptionId }, call())).state).toBe('incomplete');
  later(60 * MINUTE);
  await renew();
  expect((await adapter.getSubscription({ subscriptionId }, call())).state).toBe('cancelled');
});

test('a saved card is charged at once for a subscription that the application starts', async () => {
  const { customerId, priceId } = await aSubscription();
  const made = await harness.adapter.createSubscription({ customerId, priceId, quantity: 3 }, call());
  expect(made.state).toBe('active');
  const [invoice] = (await harness.adapter.listInvoices({ customerId, limit: 1 }, call())).invoices;
  expect([invoice?.state, invoice?.totalMinor]).toEqual(['paid', 5700]);
});

test('invoice numbers have no gap and no twin under load', async () => {
  const { customerId, priceId } = await aSubscription();
  await Promise.all(
    Array.from({ length: 15 }, () =>
      harness.adapter.createSubscription({ customerId, priceId, quantity: 1 }, call()),
    ),
  );
  const { invoices } = await harness.adapter.listInvoices({ customerId, limit: 100 }, call());
  const expected = Array.from({ length: 16 }, (_, index) => `INV-${String(16 - index).padStart(6, '0')}`);
  expect(invoices.map((one) => one.number)).toEqual(expected);
});

test('deleting a customer erases who it was, ends what runs and keeps the books', async () => {
  const { customerId, subscriptionId } = await aSubscription();
  await harness.adapter.deleteCustomer({ customerId }, call());
  const [row] = await harness.database.sql.query('select * from socle_embedded.payment_customers');
  expect(row).toMatchObject({ email: null, name: null, card: null });
  expect((await harness.adapter.getSubscription({ subscriptionId }, call())).state).toBe('cancelled');
  expect((await harness.adapter.listInvoices({ customerId, limit: 10 }, call())).invoices).toHaveLength(1);
});

test('no table and no log line ever holds a card number or its code', async () => {
  await aSubscription();
  const tables = await harness.database.sql.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'socle_embedded'`,
  );
  for (const { name } of tables) {
    const rows = await harness.database.sql.query(`select * from socle_embedded.${name}`);
    expect(JSON.stringify(rows)).not.toMatch(/4242[ -]?4242|"cvc"|"number":"4/);
  }
  expect(harness.logged()).not.toMatch(/4242/);
});

test('a total beyond what the port carries is refused before anybody pays', async () => {
  const { productId } = await harness.adapter.createProduct({ name: 'Dear' }, call());
  const input = { productId, amountMinor: 99_999_999, currency: 'EUR' };
  const { priceId } = await harness.adapter.createPrice(input, call());
  const urls = { successUrl: 'https://shop.example/a', cancelUrl: 'https://shop.example/b' };
  const items = [{ priceId, quantity: 2 }];
  await expect(
    harness.adapter.createCheckout({ mode: 'payment', items, ...urls }, call()),
  ).rejects.toMatchObject({
    code: 'invalid_argument',
  });
});
