import { type Call, type ErrorCode, type EventDraft, isSocleError, SocleError } from '@socle/kernel';
import { type PaymentsPort, payments } from '../contract.ts';
import type { Kind, PaymentsHarness } from './harness.ts';

type Stored = Record<string, unknown> & { id: string };
type Metadata = Record<string, string>;

const fail = (code: ErrorCode, message: string): never => {
  throw new SocleError(code, message, { applied: 'no' });
};

/** A right adapter in memory: what the suite's own test breaks on purpose. Nothing else uses it. */
export function createReference(): PaymentsHarness & { readonly emit: (draft: EventDraft) => void } {
  const objects = new Map<string, Stored>();
  const kinds = new Map<string, Kind>();
  const remembered = new Map<string, { input: string; result: unknown }>();
  const events: EventDraft[] = [];
  let lastId = 0;
  const now = '2026-11-21T00:00:00.000Z';

  const make = (kind: Kind, fields: object): Stored => {
    lastId += 1;
    const id = `${kind}_${lastId}`;
    const stored = { ...fields, id };
    objects.set(id, stored);
    kinds.set(id, kind);
    return stored;
  };
  const find = (kind: Kind, id: string): Stored => {
    const found = kinds.get(id) === kind ? objects.get(id) : undefined;
    return found ?? fail('not_found', `no ${kind} ${id}`);
  };
  const emit = (type: string, about: { id: string; data: object }): void => {
    events.push({ id: about.id, type, time: new Date(now), data: about.data });
  };
  const once =
    <In, Out>(work: (input: In) => Out) =>
    async (input: In, call: Call): Promise<Out> => {
      const known = remembered.get(call.idempotencyKey);
      const text = JSON.stringify(input);
      if (known) return known.input === text ? (known.result as Out) : fail('conflict', 'key used otherwise');
      const result = work(input);
      remembered.set(call.idempotencyKey, { input: text, result });
      return result;
    };

  const paymentOf = ({ id, email, description, metadata, clientSecret, ...rest }: Stored) =>
    ({ paymentId: id, ...rest }) as never;
  const paymentData = (one: Stored) => ({
    paymentId: one.id,
    amountMinor: one.amountMinor,
    currency: one.currency,
    customerId: one.customerId,
    email: one.email,
    description: one.description,
    metadata: one.metadata,
  });
  const newPayment = (fields: object): Stored =>
    make('payment', {
      state: 'pending',
      refundedMinor: 0,
      customerId: null,
      createdAt: now,
      email: null,
      description: null,
      metadata: {},
      ...fields,
    });
  const pay = (payment: Stored): void => {
    payment.state = 'succeeded';
    emit('payment.succeeded', { id: `${payment.id}:succeeded`, data: paymentData(payment) });
  };
  const subscriptionOf = ({ id, metadata, ...rest }: Stored) => ({ subscriptionId: id, ...rest }) as never;
  const newSubscription = (fields: {
    customerId: string;
    priceId: string;
    quantity: number;
    state: string;
  }) => {
    const price = find('price', fields.priceId);
    if (!price.interval) fail('invalid_argument', 'that price is paid once');
    const { quantity, ...rest } = fields;
    const made = make('subscription', {
      cancelAtPeriodEnd: false,
      currentPeriodEnd: now,
      metadata: {},
      ...rest,
    });
    make('invoice' as Kind, {
      customerId: fields.customerId,
      number: 'INV-1',
      state: fields.state === 'active' ? 'paid' : 'open',
      totalMinor: Number(price.amountMinor) * quantity,
      currency: price.currency,
      createdAt: now,
      url: 'https://pay.example/invoice',
    });
    return made;
  };
  const tellSubscription = (type: string, one: Stored): void => {
    emit(type, { id: `${one.id}:${type}`, data: { ...one, subscriptionId: one.id } });
  };

  const customerOf = ({ id, ...rest }: Stored) => ({ customerId: id, ...rest }) as never;
  const liveCustomer = (id: string): Stored => {
    const found = find('customer', id);
    return found.deleted ? fail('not_found', 'deleted') : found;
  };

  const adapter: PaymentsPort = {
    createCustomer: once(({ email, name }) => {
      const made = make('customer', { email, name: name ?? null, createdAt: now });
      emit('customer.created', { id: made.id, data: { customerId: made.id, email } });
      return customerOf(made);
    }),
    getCustomer: async ({ customerId }) => customerOf(liveCustomer(customerId)),
    deleteCustomer: once(({ customerId }) => {
      find('customer', customerId).deleted = true;
      return { customerId };
    }),
    createProduct: once(({ name }) => ({ productId: make('product', { name }).id, name, active: true })),
    createPrice: once(({ interval = null, ...input }) => {
      find('product', input.productId);
      const { id: priceId } = make('price', { ...input, interval });
      return { ...input, priceId, interval } as never;
    }),
    createCheckout: once(({ mode, items, customerId = null, metadata = {} }) => {
      if (customerId) find('customer', customerId);
      const prices = items.map((item) => ({ ...item, price: find('price', item.priceId) }));
      if (prices.some(({ price }) => (price.interval !== null) !== (mode === 'subscription'))) {
        fail('invalid_argument', 'mode and prices do not fit');
      }
      const amountMinor = prices.reduce((sum, one) => sum + Number(one.price.amountMinor) * one.quantity, 0);
      const made = make('checkout', { mode, items, customerId, metadata, amountMinor, state: 'open' });
      made.url = `https://pay.example/${made.id}`;
      Object.assign(made, { paymentId: null, subscriptionId: null, currency: prices[0]?.price.currency });
      return { checkoutId: made.id, ...made } as never;
    }),
    getCheckout: async ({ checkoutId }) => ({ ...find('checkout', checkoutId), checkoutId }) as never,
    createPayment: once(({ receiptEmail = null, ...input }) => {
      if (input.customerId) find('customer', input.customerId);
      const made = newPayment({ ...input, email: receiptEmail });
      return { ...(paymentOf(made) as object), clientSecret: `${made.id}_secret_0123456789` } as never;
    }),
    getPayment: async ({ paymentId }) => paymentOf(find('payment', paymentId)),
    createSubscription: once(({ customerId, priceId, quantity }) => {
      find('customer', customerId);
      return subscriptionOf(newSubscription({ customerId, priceId, quantity, state: 'incomplete' }));
    }),
    getSubscription: async ({ subscriptionId }) => subscriptionOf(find('subscription', subscriptionId)),
    cancelSubscription: once(({ subscriptionId, atPeriodEnd }) => {
      const found = find('subscription', subscriptionId);
      if (found.state === 'cancelled') return subscriptionOf(found);
      if (atPeriodEnd) found.cancelAtPeriodEnd = true;
      else found.state = 'cancelled';
      tellSubscription(atPeriodEnd ? 'subscription.changed' : 'subscription.ended', found);
      return subscriptionOf({ ...found });
    }),
    listInvoices: async ({ customerId, limit, cursor }) => {
      find('customer', customerId);
      const all = [...objects.values()].filter(
        (one) => kinds.get(one.id) === ('invoice' as Kind) && one.customerId === customerId,
      );
      const rest = all.reverse().slice(cursor ? Number(cursor) : 0);
      const invoices = rest.slice(0, limit).map((one) => ({ ...one, invoiceId: one.id }) as never);
      return rest.length > limit
        ? { invoices, nextCursor: String(Number(cursor ?? 0) + limit) }
        : { invoices };
    },
    refund: once(({ paymentId, amountMinor }) => {
      const payment = find('payment', paymentId);
      const left =
        payment.state === 'succeeded' ? Number(payment.amountMinor) - Number(payment.refundedMinor) : 0;
      const amount = amountMinor ?? left;
      if (amount < 1 || amount > left) fail('invalid_argument', `only ${left} is left`);
      payment.refundedMinor = Number(payment.refundedMinor) + amount;
      const data = { ...paymentData(payment), refundedMinor: payment.refundedMinor };
      emit('payment.refunded', { id: `${payment.id}:refunded:${payment.refundedMinor}`, data });
      return { refundId: make('refund', {}).id, paymentId, amountMinor: amount, state: 'succeeded' as const };
    }),
    createPortal: once(({ customerId }) => {
      find('customer', customerId);
      return { url: `https://pay.example/portal/${customerId}` };
    }),
  };

  const completeCheckout = async ({ checkoutId }: { checkoutId: string }): Promise<void> => {
    const checkout = find('checkout', checkoutId);
    checkout.customerId ??= make('customer', { email: 'guest@example.com', name: null, createdAt: now }).id;
    const metadata = checkout.metadata as Metadata;
    const customerId = String(checkout.customerId);
    if (checkout.mode === 'payment') {
      const { amountMinor, currency } = checkout;
      const payment = newPayment({ amountMinor, currency, customerId, metadata });
      checkout.paymentId = payment.id;
      pay(payment);
    } else {
      const item = (checkout.items as { priceId: string; quantity: number }[])[0];
      const subscription = newSubscription({
        customerId,
        priceId: '',
        quantity: 1,
        ...item,
        state: 'active',
      });
      subscription.metadata = metadata;
      checkout.subscriptionId = subscription.id;
      tellSubscription('subscription.started', subscription);
      const { amountMinor: totalMinor } = checkout;
      emit('invoice.paid', {
        id: `in:${subscription.id}`,
        data: { subscriptionId: subscription.id, totalMinor },
      });
    }
    Object.assign(checkout, { state: 'complete', url: null });
    const { paymentId } = checkout;
    emit('checkout.completed', { id: checkoutId, data: { checkoutId, paymentId, metadata } });
  };

  return {
    adapter,
    capabilities: payments.capabilities,
    toError: (thrown) =>
      isSocleError(thrown) ? thrown : new SocleError('internal', 'reference', {}, thrown),
    payer: {
      completeCheckout,
      confirm: async ({ paymentId }) => pay(find('payment', paymentId)),
      decline: async ({ paymentId }) => {
        const payment = find('payment', paymentId);
        payment.state = 'failed';
        const data = { ...paymentData(payment), reason: 'card_declined' };
        emit('payment.failed', { id: `${paymentId}:failed`, data });
      },
    },
    events: async () => events,
    emit: (draft) => events.push(draft),
    count: async (kind) => [...kinds.values()].filter((one) => one === kind).length,
    logged: () => '',
    secrets: ['whsec_reference_canary'],
    close: async () => {},
  };
}
