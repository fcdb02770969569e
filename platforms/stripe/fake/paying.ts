import { randomBytes } from 'node:crypto';
import { assertMoney, liveCustomer } from './catalogue.ts';
import type { Params, Shape } from './form.ts';
import { Refusal, type State, type StripeObject } from './state.ts';

export const shapes = {
  intent: {
    amount: 'int!',
    currency: 'string!',
    customer: 'string',
    receipt_email: 'string',
    description: 'string',
    metadata: 'map',
    automatic_payment_methods: 'map',
  },
  confirm: { payment_method: 'string', client_secret: 'string', return_url: 'string' },
  refund: { payment_intent: 'string!', amount: 'int', reason: 'string', metadata: 'map' },
} as const satisfies Record<string, Shape>;

/** Stripe's documented test payment methods, and what the bank says to each. */
const DECLINES: Readonly<Record<string, { decline_code: string; message: string }>> = {
  pm_card_chargeDeclined: { decline_code: 'generic_decline', message: 'Your card was declined.' },
  pm_card_chargeDeclinedInsufficientFunds: {
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
  },
};

export function createIntent(state: State, params: Params): StripeObject {
  assertMoney(params.amount, { name: 'amount', currency: params.currency, min: 1 });
  if (params.customer) liveCustomer(state, params.customer, 'customer');
  const intent = state.add('pi', {
    object: 'payment_intent',
    amount_received: 0,
    customer: null,
    receipt_email: null,
    description: null,
    last_payment_error: null,
    latest_charge: null,
    payment_method: null,
    capture_method: 'automatic',
    status: 'requires_payment_method',
    ...params,
  });
  intent.client_secret = `${intent.id}_secret_${randomBytes(12).toString('hex')}`;
  state.emit('payment_intent.created', intent);
  return intent;
}

export function readIntent(state: State, id: string, expand: unknown): StripeObject {
  const intent = state.find('payment_intent', id);
  const wanted = Object.values((expand ?? {}) as object).includes('latest_charge');
  return wanted && intent.latest_charge
    ? { ...intent, latest_charge: state.find('charge', intent.latest_charge) }
    : intent;
}

/** Throws Stripe's 402 when the bank declines. */
export function confirmIntent(state: State, id: string, params: Params): StripeObject {
  const intent = state.find('payment_intent', id);
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    const message = `This PaymentIntent's status is ${String(intent.status)}, so it could not be confirmed.`;
    throw new Refusal(400, { message, code: 'payment_intent_unexpected_state', param: 'intent' });
  }
  const method = String(params.payment_method ?? intent.payment_method ?? '');
  if (method === '') {
    const message = 'You cannot confirm this PaymentIntent because it’s missing a payment method.';
    throw new Refusal(400, { message, code: 'payment_intent_unexpected_state' });
  }
  if (method === 'pm_card_authenticationRequired') {
    Object.assign(intent, { status: 'requires_action', payment_method: method });
    state.emit('payment_intent.requires_action', intent);
    return intent;
  }
  const decline = DECLINES[method];
  charge(state, intent, { method, decline });
  if (decline) {
    const error = { type: 'card_error', code: 'card_declined', ...decline };
    throw new Refusal(402, { ...error, charge: intent.latest_charge, payment_intent: intent });
  }
  return intent;
}

function charge(
  state: State,
  intent: StripeObject,
  { method, decline }: { method: string; decline: (typeof DECLINES)[string] | undefined },
): void {
  const { amount, currency, customer, description, metadata, receipt_email } = intent;
  const made = state.add('ch', {
    object: 'charge',
    amount,
    amount_refunded: 0,
    billing_details: { email: intent.payer_email ?? null, name: null },
    currency,
    customer,
    description,
    metadata,
    paid: !decline,
    payment_intent: intent.id,
    payment_method: method,
    payment_method_details: { type: 'card', card: { brand: 'visa', last4: decline ? '0002' : '4242' } },
    receipt_email,
    refunded: false,
    failure_code: decline ? 'card_declined' : null,
    failure_message: decline?.message ?? null,
    status: decline ? 'failed' : 'succeeded',
  });
  intent.latest_charge = made.id;
  if (decline) {
    const last_payment_error = { type: 'card_error', code: 'card_declined', ...decline };
    Object.assign(intent, { last_payment_error, status: 'requires_payment_method' });
    state.emit('charge.failed', made);
    state.emit('payment_intent.payment_failed', intent);
    return;
  }
  const status = {
    status: 'succeeded',
    amount_received: amount,
    payment_method: method,
    last_payment_error: null,
  };
  Object.assign(intent, status);
  state.emit('charge.succeeded', made);
  state.emit('payment_intent.succeeded', intent);
}

export function createRefund(state: State, params: Params): StripeObject {
  const intent = state.find('payment_intent', params.payment_intent, 'payment_intent');
  if (intent.status !== 'succeeded') {
    throw new Refusal(400, {
      message: `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
    });
  }
  const paid = state.find('charge', intent.latest_charge);
  const left = Number(paid.amount) - Number(paid.amount_refunded);
  if (left === 0) {
    const message = `Charge ${paid.id} has already been refunded.`;
    throw new Refusal(400, { message, code: 'charge_already_refunded' });
  }
  const amount = params.amount === undefined ? left : Number(params.amount);
  if (amount < 1 || amount > left) {
    const message = `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`;
    throw new Refusal(400, { message, param: 'amount' });
  }
  paid.amount_refunded = Number(paid.amount_refunded) + amount;
  paid.refunded = paid.amount_refunded === paid.amount;
  const refund = state.add('re', {
    object: 'refund',
    amount,
    charge: paid.id,
    currency: paid.currency,
    payment_intent: intent.id,
    reason: params.reason ?? null,
    status: 'succeeded',
  });
  state.emit('refund.created', refund);
  state.emit('charge.refunded', paid);
  return refund;
}
