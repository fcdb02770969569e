import { addSubscription, bill, type Item, payInvoice } from './billing.ts';
import { createCustomer, liveCustomer } from './catalogue.ts';
import type { Params, Shape } from './form.ts';
import { confirmIntent, createIntent } from './paying.ts';
import { Refusal, type State, type StripeObject } from './state.ts';

export const shape = {
  mode: 'string!',
  line_items: 'list!',
  success_url: 'string!',
  cancel_url: 'string',
  customer: 'string',
  customer_email: 'string',
  customer_creation: 'string',
  metadata: 'map',
  payment_intent_data: 'map',
  subscription_data: 'map',
} as const satisfies Shape;

export function createSession(state: State, params: Params): StripeObject {
  const { mode } = params;
  if (mode !== 'payment' && mode !== 'subscription') {
    throw new Refusal(400, {
      message: 'Invalid mode: must be one of payment, setup, or subscription',
      param: 'mode',
    });
  }
  if (params.customer) liveCustomer(state, params.customer, 'customer');
  const items = params.line_items as readonly Item[];
  const prices = items.map((item, index) => state.find('price', item.price, `line_items[${index}][price]`));
  const recurring = prices.filter((price) => price.type === 'recurring');
  if (mode === 'payment' && recurring.length > 0) {
    const message =
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.';
    throw new Refusal(400, { message, param: 'mode' });
  }
  if (mode === 'subscription' && recurring.length === 0) {
    const message = 'You must provide at least one recurring price in `subscription` mode when using prices.';
    throw new Refusal(400, { message, param: 'mode' });
  }
  const total = prices.reduce(
    (sum, price, index) => sum + Number(price.unit_amount) * Number(items[index]?.quantity ?? 1),
    0,
  );
  const session = state.add('cs_test', {
    object: 'checkout.session',
    amount_total: total,
    currency: prices[0]?.currency,
    customer: null,
    customer_email: null,
    customer_details: null,
    payment_intent: null,
    subscription: null,
    payment_status: 'unpaid',
    status: 'open',
    expires_at: state.now() + 86_400,
    ...params,
  });
  session.url = `${state.url}/hosted/checkout/${session.id}`;
  return session;
}

/** What Stripe shows of a session: the parameters that it was made with stay inside. */
export function showSession(session: StripeObject): StripeObject {
  const { line_items, payment_intent_data, subscription_data, ...shown } = session;
  return shown as StripeObject;
}

/** The payer fills in the hosted page. Throws Stripe's 402 when the bank declines. */
export function completeSession(
  state: State,
  id: string,
  payer: { readonly method?: string; readonly email?: string } = {},
): StripeObject {
  const session = state.find('checkout.session', id);
  if (session.status !== 'open')
    throw new Refusal(400, { message: 'This Checkout Session is no longer open.' });
  const method = payer.method ?? 'pm_card_visa';
  const email = String(session.customer_email ?? payer.email ?? 'payer@example.com');
  const known = session.customer ? state.find('customer', session.customer) : undefined;
  const needsCustomer = session.mode === 'subscription' || session.customer_creation === 'always';
  const customer = known ?? (needsCustomer ? createCustomer(state, { email }) : undefined);
  session.customer = customer?.id ?? null;
  session.customer_details = { email: known?.email ?? email, name: known?.name ?? null };
  if (session.mode === 'payment') payOnce(state, session, { method, email });
  else subscribe(state, session, method);
  Object.assign(session, { status: 'complete', payment_status: 'paid', url: null });
  state.emit('checkout.session.completed', showSession(session));
  return session;
}

function payOnce(
  state: State,
  session: StripeObject,
  { method, email }: { method: string; email: string },
): void {
  const { metadata = {} } = (session.payment_intent_data ?? {}) as { metadata?: object };
  const { amount_total: amount, currency, customer } = session;
  const intent = createIntent(state, { amount, currency, customer, metadata });
  // Stripe does not copy the payer's address to receipt_email; it is only on the charge.
  intent.payer_email = email;
  session.payment_intent = intent.id;
  confirmIntent(state, intent.id, { payment_method: method });
}

function subscribe(state: State, session: StripeObject, method: string): void {
  const { metadata = {} } = (session.subscription_data ?? {}) as { metadata?: object };
  const items = session.line_items as readonly Item[];
  const subscription = addSubscription(state, { customer: session.customer, items, metadata });
  state.emit('customer.subscription.created', subscription);
  const paid = payInvoice(state, bill(state, subscription, 'subscription_create'), method);
  if (!paid)
    throw new Refusal(402, { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' });
  const customer = state.find('customer', session.customer);
  customer.invoice_settings = { default_payment_method: method };
  session.subscription = subscription.id;
}
