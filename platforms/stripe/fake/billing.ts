import { liveCustomer } from './catalogue.ts';
import type { Params, Shape } from './form.ts';
import { confirmIntent, createIntent } from './paying.ts';
import { Refusal, type State, type StripeObject } from './state.ts';

export const shapes = {
  subscription: {
    customer: 'string!',
    items: 'list!',
    payment_behavior: 'string',
    metadata: 'map',
  },
  subscriptionUpdate: { cancel_at_period_end: 'bool', metadata: 'map' },
  invoices: { customer: 'string', limit: 'int', starting_after: 'string', subscription: 'string' },
  portal: { customer: 'string!', return_url: 'string' },
} as const satisfies Record<string, Shape>;

const SECONDS: Readonly<Record<string, number>> = {
  day: 86_400,
  week: 604_800,
  month: 2_629_800,
  year: 31_557_600,
};

export interface Item {
  readonly price: string;
  readonly quantity?: string | number;
}

export function createSubscription(state: State, params: Params): StripeObject {
  const customer = liveCustomer(state, params.customer, 'customer');
  const items = params.items as readonly Item[];
  const prices = items.map((item, index) => state.find('price', item.price, `items[${index}][price]`));
  const onetime = prices.find((price) => price.type !== 'recurring');
  if (onetime) {
    const message = `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`;
    throw new Refusal(400, { message, param: 'items[0][price]' });
  }
  const { default_payment_method: card } = customer.invoice_settings as { default_payment_method: unknown };
  if (!card && params.payment_behavior !== 'default_incomplete') {
    const message = 'This customer has no attached payment source or default payment method.';
    throw new Refusal(400, { message, code: 'resource_missing' });
  }
  const subscription = addSubscription(state, {
    customer: customer.id,
    items,
    metadata: params.metadata ?? {},
  });
  const invoice = bill(state, subscription, 'subscription_create');
  state.emit('customer.subscription.created', subscription);
  if (card && params.payment_behavior !== 'default_incomplete') payInvoice(state, invoice, String(card));
  return subscription;
}

export function addSubscription(
  state: State,
  fields: { customer: unknown; items: readonly Item[]; metadata: unknown },
): StripeObject {
  const { items, ...rest } = fields;
  const now = state.now();
  const data = items.map((item) => {
    const price = state.find('price', item.price);
    const { interval } = price.recurring as { interval: string };
    return {
      ...state.add('si', { object: 'subscription_item', price, quantity: Number(item.quantity ?? 1) }),
      current_period_start: now,
      current_period_end: now + (SECONDS[interval] ?? 0),
    };
  });
  return state.add('sub', {
    object: 'subscription',
    status: 'incomplete',
    cancel_at_period_end: false,
    canceled_at: null,
    ended_at: null,
    items: { object: 'list', data, has_more: false },
    latest_invoice: null,
    ...rest,
  });
}

/** A finalized, open invoice for one period. */
export function bill(state: State, subscription: StripeObject, reason: string): StripeObject {
  const { data } = subscription.items as { data: { price: StripeObject; quantity: number }[] };
  const total = data.reduce((sum, { price, quantity }) => sum + Number(price.unit_amount) * quantity, 0);
  const customer = state.find('customer', subscription.customer);
  const invoice = state.add('in', {
    object: 'invoice',
    billing_reason: reason,
    customer: customer.id,
    customer_email: customer.email,
    currency: data[0]?.price.currency,
    total,
    amount_due: total,
    amount_paid: 0,
    number: `FAKE-${String(state.all('invoice').length + 1).padStart(4, '0')}`,
    status: 'open',
    parent: {
      type: 'subscription_details',
      subscription_details: { subscription: subscription.id, metadata: subscription.metadata },
    },
  });
  invoice.hosted_invoice_url = `${state.url}/hosted/invoice/${invoice.id}`;
  subscription.latest_invoice = invoice.id;
  state.emit('invoice.created', invoice);
  state.emit('invoice.finalized', invoice);
  return invoice;
}

/** Pays with a test payment method; true when it went through. */
export function payInvoice(state: State, invoice: StripeObject, method: string): boolean {
  const { subscription_details } = invoice.parent as { subscription_details: { subscription: string } };
  const subscription = state.find('subscription', subscription_details.subscription);
  const previous = { status: subscription.status };
  const { total: amount, currency, customer } = invoice;
  const intent = createIntent(state, { amount: Math.max(1, Number(amount)), currency, customer });
  intent.description = 'Subscription creation';
  try {
    confirmIntent(state, intent.id, { payment_method: method });
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    state.emit('invoice.payment_failed', invoice);
    if (subscription.status === 'active') {
      subscription.status = 'past_due';
      state.emit('customer.subscription.updated', subscription, previous);
    }
    return false;
  }
  Object.assign(invoice, { status: 'paid', amount_paid: amount });
  state.emit('invoice.paid', invoice);
  state.emit('invoice.payment_succeeded', invoice);
  if (subscription.status !== 'active') {
    subscription.status = 'active';
    state.emit('customer.subscription.updated', subscription, previous);
  }
  return true;
}

export function updateSubscription(state: State, id: string, params: Params): StripeObject {
  const subscription = state.find('subscription', id);
  if (subscription.status === 'canceled') {
    const message = 'A canceled subscription can only update its cancellation_details and metadata.';
    throw new Refusal(400, { message });
  }
  const previous = { cancel_at_period_end: subscription.cancel_at_period_end };
  Object.assign(subscription, params);
  state.emit('customer.subscription.updated', subscription, previous);
  return subscription;
}

export function cancelSubscription(state: State, id: string): StripeObject {
  const subscription = state.find('subscription', id);
  if (subscription.status === 'canceled') {
    throw new Refusal(404, {
      message: `No such subscription: '${id}'`,
      code: 'resource_missing',
      param: 'id',
    });
  }
  Object.assign(subscription, { status: 'canceled', canceled_at: state.now(), ended_at: state.now() });
  state.emit('customer.subscription.deleted', subscription);
  return subscription;
}

/** The period passes: renewed and billed, or ended when that was asked for. */
export function turnPeriod(state: State, id: string, method = 'pm_card_visa'): void {
  const subscription = state.find('subscription', id);
  if (subscription.cancel_at_period_end) {
    cancelSubscription(state, id);
    return;
  }
  const { data } = subscription.items as { data: Record<string, unknown>[] };
  for (const item of data) {
    const [start, end] = [Number(item.current_period_start), Number(item.current_period_end)];
    Object.assign(item, { current_period_start: end, current_period_end: end + (end - start) });
  }
  state.emit('customer.subscription.updated', subscription, {});
  payInvoice(state, bill(state, subscription, 'subscription_cycle'), method);
}

export function listInvoices(state: State, params: Params): object {
  if (params.customer) state.find('customer', params.customer, 'customer');
  const all = state
    .all('invoice')
    .filter((one) => params.customer === undefined || one.customer === params.customer)
    .reverse();
  return page(all, { params, url: '/v1/invoices' });
}

/** Stripe's cursor pages: newest first, `starting_after` is the last id seen. */
export function page(all: readonly StripeObject[], { params, url }: { params: Params; url: string }): object {
  const limit = Math.min(100, Number(params.limit ?? 10));
  const from = params.starting_after ? all.findIndex((one) => one.id === params.starting_after) + 1 : 0;
  const data = all.slice(from, from + limit);
  return { object: 'list', url, data, has_more: all.length > from + limit };
}
