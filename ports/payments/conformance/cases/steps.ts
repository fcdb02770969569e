import type { EventDraft } from '@socle/kernel';
import { call, eventually, type PaymentsHarness } from '../harness.ts';

export const successUrl = 'https://shop.example/thanks';
export const cancelUrl = 'https://shop.example/basket';

/** A customer whose name needs more than ASCII. */
export async function aCustomer(harness: PaymentsHarness): Promise<string> {
  const { customerId } = await call(harness, 'createCustomer', {
    email: 'zoe@example.com',
    name: 'Zoé 漢字 Ødegård',
  });
  return customerId;
}

type Interval = 'day' | 'week' | 'month' | 'year';

export async function aPrice(
  harness: PaymentsHarness,
  price: { amountMinor: number; currency: string; interval?: Interval },
): Promise<string> {
  const { productId } = await call(harness, 'createProduct', { name: 'Café crème' });
  return (await call(harness, 'createPrice', { productId, ...price })).priceId;
}

/** A payment that has succeeded. */
export async function aPaid(
  harness: PaymentsHarness,
  amountMinor: number,
  currency = 'EUR',
): Promise<string> {
  const prepared = await call(harness, 'createPayment', { amountMinor, currency });
  await harness.payer.confirm(prepared);
  return prepared.paymentId;
}

/** A checkout that has been opened, and where the payer goes. */
export async function anOpenCheckout(
  harness: PaymentsHarness,
  input: {
    mode: 'payment' | 'subscription';
    priceId: string;
    customerId: string;
    metadata?: Record<string, string>;
  },
): Promise<{ checkoutId: string; url: string }> {
  const { priceId, ...rest } = input;
  const { checkoutId, url } = await call(harness, 'createCheckout', {
    ...rest,
    items: [{ priceId }],
    successUrl,
    cancelUrl,
  });
  if (url === null) throw new Error('an open checkout has no url');
  return { checkoutId, url };
}

/** A subscription that has been paid for at a checkout. */
export async function anActiveSubscription(
  harness: PaymentsHarness,
  metadata?: Record<string, string>,
): Promise<{ subscriptionId: string; customerId: string; priceId: string }> {
  const customerId = await aCustomer(harness);
  const priceId = await aPrice(harness, { amountMinor: 1900, currency: 'EUR', interval: 'month' });
  const checkout = await anOpenCheckout(harness, {
    mode: 'subscription',
    priceId,
    customerId,
    ...(metadata ? { metadata } : {}),
  });
  await harness.payer.completeCheckout(checkout);
  const { subscriptionId } = await call(harness, 'getCheckout', { checkoutId: checkout.checkoutId });
  if (subscriptionId === null)
    throw new Error('a complete checkout in mode subscription has no subscription');
  return { subscriptionId, customerId, priceId };
}

/** The first event of a type about a subject, told by a webhook. */
export function theEvent(
  harness: PaymentsHarness,
  type: string,
  holds: (data: Record<string, unknown>) => boolean,
): Promise<EventDraft> {
  return eventually(`event ${type}`, async () =>
    (await harness.events()).find((one) => one.type === type && holds(one.data as Record<string, unknown>)),
  );
}
