import type { EventDraft } from '@socle/kernel';
import { z } from 'zod';
import type { StripeEvent } from './webhook.ts';

type Draft = Omit<EventDraft, 'time'>;

/** Stripe gives an id, or the object where it was expanded. */
const Reference = z
  .union([z.string(), z.looseObject({ id: z.string() })])
  .nullish()
  .transform((value) => (typeof value === 'string' ? value : (value?.id ?? null)));
const Metadata = z
  .record(z.string(), z.string())
  .nullish()
  .transform((value) => value ?? {});
const Currency = z.string().transform((value) => value.toUpperCase());
const Address = z.string().nullish();
const Billing = z.object({ billing_details: z.object({ email: Address }).nullish() }).nullish();

const Intent = z.object({
  id: z.string(),
  amount: z.int(),
  amount_received: z.int().nullish(),
  currency: Currency,
  customer: Reference,
  receipt_email: Address,
  description: z.string().nullish(),
  metadata: Metadata,
  latest_charge: z.union([z.string(), Billing]).nullish(),
  /** Until API 2022-11-15 the charges came along. */
  charges: z.object({ data: z.array(Billing) }).nullish(),
  last_payment_error: z
    .object({ message: z.string().nullish(), code: z.string().nullish(), decline_code: z.string().nullish() })
    .nullish(),
});

export function paymentFact({ id, data }: StripeEvent, type: 'payment.succeeded' | 'payment.failed'): Draft {
  const intent = Intent.parse(data.object);
  const charge =
    typeof intent.latest_charge === 'object' ? intent.latest_charge : intent.charges?.data.at(-1);
  const { last_payment_error: error } = intent;
  const payment = {
    paymentId: intent.id,
    amountMinor: type === 'payment.succeeded' ? intent.amount_received || intent.amount : intent.amount,
    currency: intent.currency,
    customerId: intent.customer,
    email: intent.receipt_email ?? charge?.billing_details?.email ?? intent.metadata.email ?? null,
    description: intent.description ?? null,
    metadata: intent.metadata,
  };
  if (type === 'payment.succeeded')
    return { id: `${intent.id}:succeeded`, type, subject: intent.id, data: payment };
  const reason = error?.message ?? error?.decline_code ?? error?.code ?? null;
  // A payment can fail several times: each attempt is a fact of its own.
  return { id: `${intent.id}:failed:${id}`, type, subject: intent.id, data: { ...payment, reason } };
}

const Charge = z.object({
  id: z.string(),
  amount: z.int(),
  amount_refunded: z.int(),
  currency: Currency,
  customer: Reference,
  payment_intent: Reference,
  receipt_email: Address,
  billing_details: z.object({ email: Address }).nullish(),
  description: z.string().nullish(),
  metadata: Metadata,
});

/** `refundedMinor` is the sum so far, as on the payment. */
export function refundFact({ data }: StripeEvent): Draft {
  const charge = Charge.parse(data.object);
  const paymentId = charge.payment_intent ?? charge.id;
  return {
    id: `${paymentId}:refunded:${charge.amount_refunded}`,
    type: 'payment.refunded',
    subject: paymentId,
    data: {
      paymentId,
      amountMinor: charge.amount,
      refundedMinor: charge.amount_refunded,
      currency: charge.currency,
      customerId: charge.customer,
      email: charge.receipt_email ?? charge.billing_details?.email ?? charge.metadata.email ?? null,
      description: charge.description ?? null,
      metadata: charge.metadata,
    },
  };
}

const Session = z.object({
  id: z.string(),
  customer: Reference,
  payment_intent: Reference,
  subscription: Reference,
  customer_email: Address,
  customer_details: z.object({ email: Address }).nullish(),
  metadata: Metadata,
});

export function sessionFact({ data }: StripeEvent): Draft {
  const session = Session.parse(data.object);
  return {
    id: `${session.id}:completed`,
    type: 'checkout.completed',
    subject: session.id,
    data: {
      checkoutId: session.id,
      customerId: session.customer,
      paymentId: session.payment_intent,
      subscriptionId: session.subscription,
      email: session.customer_details?.email ?? session.customer_email ?? null,
      metadata: session.metadata,
    },
  };
}

const Subscription = z.object({
  id: z.string(),
  customer: Reference,
  status: z.string(),
  cancel_at_period_end: z.boolean().nullish(),
  current_period_end: z.number().nullish(),
  items: z
    .object({
      data: z.array(z.object({ current_period_end: z.number().nullish(), price: Reference })),
    })
    .nullish(),
  metadata: Metadata,
});
const RUNNING: ReadonlySet<string> = new Set(['active', 'trialing']);
const ENDED: ReadonlySet<string> = new Set(['canceled', 'incomplete_expired']);

/** Started once it runs: at its creation, or when its first payment came through later. */
export function subscriptionFact({ id, type, data }: StripeEvent): Draft | undefined {
  const { metadata, customer, ...found } = Subscription.parse(data.object);
  const [item] = found.items?.data ?? [];
  const end = item?.current_period_end ?? found.current_period_end;
  const fact = (kind: 'started' | 'changed' | 'ended', suffix: string): Draft => ({
    id: `${found.id}:${kind}${suffix}`,
    type: `subscription.${kind}`,
    subject: found.id,
    data: {
      subscriptionId: found.id,
      customerId: customer ?? '',
      priceId: item?.price ?? null,
      state: ENDED.has(found.status) ? 'cancelled' : found.status,
      cancelAtPeriodEnd: found.cancel_at_period_end ?? false,
      currentPeriodEnd: end ? new Date(end * 1000).toISOString() : null,
      metadata,
    },
  });
  if (type === 'customer.subscription.deleted' || ENDED.has(found.status)) return fact('ended', '');
  const wasWaiting = data.previous_attributes?.status === 'incomplete';
  const begins = type === 'customer.subscription.created' || wasWaiting;
  if (begins) return RUNNING.has(found.status) ? fact('started', '') : undefined;
  return fact('changed', `:${id}`);
}

const Invoice = z.object({
  id: z.string(),
  customer: Reference,
  subscription: Reference,
  /** Where the subscription is since API 2025-03-31. */
  parent: z.object({ subscription_details: z.object({ subscription: Reference }).nullish() }).nullish(),
  total: z.int(),
  currency: Currency,
  customer_email: Address,
});

export function invoiceFact(
  { id, data }: StripeEvent,
  type: 'invoice.paid' | 'invoice.failed',
): Draft | undefined {
  const invoice = Invoice.parse(data.object);
  // a credit: nothing was paid
  if (invoice.total < 0) return undefined;
  return {
    id: type === 'invoice.paid' ? `${invoice.id}:paid` : `${invoice.id}:failed:${id}`,
    type,
    subject: invoice.id,
    data: {
      invoiceId: invoice.id,
      customerId: invoice.customer,
      subscriptionId: invoice.parent?.subscription_details?.subscription ?? invoice.subscription,
      totalMinor: invoice.total,
      currency: invoice.currency,
      email: invoice.customer_email ?? null,
    },
  };
}
