import { SocleError } from '@socle/kernel';
import type { payments } from '@socle/port-payments';
import type Stripe from 'stripe';
import type { z } from 'zod';

type Operations = (typeof payments)['operations'];
type Out<Name extends keyof Operations> = z.input<Operations[Name]['output']>;
type Reference = string | { readonly id: string } | null | undefined;

export const idOf = (value: Reference): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null);
const time = (seconds: number): string => new Date(seconds * 1000).toISOString();

export function toCustomer(customer: Stripe.Customer): Out<'getCustomer'> {
  const { id, email, name, created } = customer;
  return { customerId: id, email: email ?? null, name: name ?? null, createdAt: time(created) };
}

export function toPrice(price: Stripe.Price): Out<'createPrice'> {
  if (price.unit_amount === null)
    throw new SocleError('vendor_contract', 'a Stripe price without unit amount');
  return {
    priceId: price.id,
    productId: idOf(price.product) ?? '',
    amountMinor: price.unit_amount,
    currency: price.currency.toUpperCase(),
    interval: (price.recurring?.interval ?? null) as Out<'createPrice'>['interval'],
  };
}

export function toCheckout(session: Stripe.Checkout.Session): Out<'createCheckout'> {
  const { status } = session;
  const state = status === 'complete' ? 'complete' : status === 'expired' ? 'expired' : 'open';
  return {
    checkoutId: session.id,
    url: state === 'open' ? session.url : null,
    state,
    paymentId: idOf(session.payment_intent),
    subscriptionId: idOf(session.subscription),
    customerId: idOf(session.customer),
  };
}

/** `latest_charge` must be expanded once there can be a refund. */
export function toPayment(intent: Stripe.PaymentIntent): Out<'getPayment'> {
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  return {
    paymentId: intent.id,
    state: paymentState(intent),
    amountMinor: intent.amount,
    refundedMinor: charge?.amount_refunded ?? 0,
    currency: intent.currency.toUpperCase(),
    customerId: idOf(intent.customer),
    createdAt: time(intent.created),
  };
}

/** After a refused card Stripe waits for another: `failed` here, until one succeeds. */
function paymentState({ status, last_payment_error }: Stripe.PaymentIntent): Out<'getPayment'>['state'] {
  if (status === 'succeeded') return 'succeeded';
  if (status === 'canceled') return 'cancelled';
  return status === 'requires_payment_method' && last_payment_error ? 'failed' : 'pending';
}

type SubscriptionState = Out<'getSubscription'>['state'];
const STATES: Readonly<Record<string, SubscriptionState>> = {
  incomplete: 'incomplete',
  trialing: 'trialing',
  active: 'active',
  past_due: 'past_due',
  unpaid: 'unpaid',
  // a trial ended without card: nothing is paid and nothing runs
  paused: 'unpaid',
  canceled: 'cancelled',
  incomplete_expired: 'cancelled',
};

export function toSubscriptionState(status: string): SubscriptionState {
  const state = STATES[status];
  if (!state) throw new SocleError('vendor_contract', `unknown subscription status ${status}`);
  return state;
}

/** The period belongs to the item since API 2025-03-31. */
export function toSubscription(subscription: Stripe.Subscription): Out<'getSubscription'> {
  const item = subscription.items.data[0];
  return {
    subscriptionId: subscription.id,
    customerId: idOf(subscription.customer) ?? '',
    priceId: item?.price.id ?? '',
    state: toSubscriptionState(subscription.status),
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    currentPeriodEnd: item ? time(item.current_period_end) : null,
  };
}

export function toInvoice(invoice: Stripe.Invoice): Out<'listInvoices'>['invoices'][number] {
  return {
    invoiceId: invoice.id,
    number: invoice.number,
    state: (invoice.status ?? 'draft') as Out<'listInvoices'>['invoices'][number]['state'],
    totalMinor: invoice.total,
    currency: invoice.currency.toUpperCase(),
    createdAt: time(invoice.created),
    url: invoice.hosted_invoice_url ?? null,
  };
}

export function toRefund(refund: Stripe.Refund, paymentId: string): Out<'refund'> {
  const { status } = refund;
  const state =
    status === 'succeeded'
      ? 'succeeded'
      : status === 'failed' || status === 'canceled'
        ? 'failed'
        : 'pending';
  return { refundId: refund.id, paymentId, amountMinor: refund.amount, state };
}
