import { SocleError } from '@socle/kernel';
import { expect, test } from 'vitest';
import type { PaymentsPort } from '../contract.ts';
import type { PaymentsHarness } from './harness.ts';
import { casesFor, paymentsConformance } from './index.ts';
import { createReference } from './reference.ts';

paymentsConformance({
  name: 'reference in memory',
  networked: false,
  capabilities: createReference().capabilities,
  start: async () => createReference(),
});

type Reference = ReturnType<typeof createReference>;
type Breakage = (right: Reference) => Partial<PaymentsPort> | { harness: Partial<PaymentsHarness> };

/** Each is a mistake that a real adapter has made or would make. */
const BREAKAGES: Readonly<Record<string, Breakage>> = {
  'forgets the idempotency key': ({ adapter }) => ({
    createCustomer: (input, call) =>
      adapter.createCustomer(input, { ...call, idempotencyKey: `${call.idempotencyKey}-${Math.random()}` }),
  }),
  'ignores that a key came back with other parameters': ({ adapter }) => {
    const seen = new Map<string, ReturnType<PaymentsPort['createCustomer']>>();
    return {
      createCustomer: (input, call) => {
        const known = seen.get(call.idempotencyKey) ?? adapter.createCustomer(input, call);
        seen.set(call.idempotencyKey, known);
        return known;
      },
    };
  },
  'turns minor units into floating euros and back': ({ adapter }) => ({
    createPrice: async (input, call) => {
      const price = await adapter.createPrice(input, call);
      return { ...price, amountMinor: Math.trunc((price.amountMinor / 100) * 100.001) };
    },
  }),
  'takes every currency for one with cents': ({ adapter }) => ({
    getPayment: async (input, call) => {
      const payment = await adapter.getPayment(input, call);
      return payment.currency === 'JPY' ? { ...payment, amountMinor: payment.amountMinor * 100 } : payment;
    },
  }),
  'lets a refund exceed the payment': ({ adapter }) => ({
    refund: async (input, call) => {
      try {
        return await adapter.refund(input, call);
      } catch {
        return {
          refundId: 're_1',
          paymentId: input.paymentId,
          amountMinor: input.amountMinor ?? 1,
          state: 'failed',
        };
      }
    },
  }),
  'refunds all when asked for a part': ({ adapter }) => ({
    refund: ({ paymentId }, call) => adapter.refund({ paymentId }, call),
  }),
  'answers null for what does not exist': ({ adapter }) => ({
    getCustomer: (input, call) =>
      adapter.getCustomer(input, call).catch(() => ({ ...input, email: null, name: null, createdAt: '' })),
  }),
  'leaks a vendor error instead of a SocleError code': ({ adapter }) => ({
    getPayment: (input, call) =>
      adapter.getPayment(input, call).catch(() => {
        throw new Error('404');
      }),
  }),
  'loses everything beyond ASCII': ({ adapter }) => ({
    createCustomer: (input, call) =>
      adapter.createCustomer({ ...input, name: (input.name ?? '').replace(/[^ -~]/g, '?') }, call),
  }),
  'cancels at once when asked for the period end': ({ adapter }) => ({
    cancelSubscription: (input, call) => adapter.cancelSubscription({ ...input, atPeriodEnd: false }, call),
  }),
  'repeats the last invoice on the next page': ({ adapter }) => ({
    listInvoices: (input, call) =>
      adapter.listInvoices(
        input.cursor ? { ...input, cursor: String(Number(input.cursor) - 1) } : input,
        call,
      ),
  }),
  'shows the client secret when a payment is read': ({ adapter }) => ({
    createPayment: async (input, call) => ({
      ...(await adapter.createPayment(input, call)),
      clientSecret: 'short',
    }),
  }),
  'drops metadata': ({ adapter }) => ({
    createCheckout: (input, call) => adapter.createCheckout({ ...input, metadata: undefined } as never, call),
  }),
  'counts only the first item of a checkout': ({ adapter }) => ({
    createCheckout: (input, call) =>
      adapter.createCheckout({ ...input, items: input.items.slice(0, 1) }, call),
  }),
  'prints the secret into its errors': () => ({
    getPayment: async () => {
      throw new SocleError('not_found', 'no payment, asked with whsec_reference_canary');
    },
  }),
  'does silently nothing for a capability that it does not declare': (right) => ({
    harness: { capabilities: right.capabilities.filter((one) => one !== 'portal') },
  }),
  'tells one fact under two ids': (right) => {
    const events = async () => {
      const told = await right.events();
      return [...told, ...told.map((one) => ({ ...one, id: `${one.id}:again` }))];
    };
    return { harness: { events } };
  },
  'is not total over what can be thrown': () => ({
    harness: {
      toError: (thrown) => new SocleError('internal', (thrown as Error).message),
    },
  }),
};

for (const [name, breakage] of Object.entries(BREAKAGES)) {
  test(`the suite rejects an adapter that ${name}`, async () => {
    const rejecting: string[] = [];
    const { capabilities } = createReference();
    for (const one of casesFor({ capabilities, networked: false })) {
      const right = createReference();
      const broken = breakage(right);
      const harness =
        'harness' in broken
          ? { ...right, ...broken.harness }
          : { ...right, adapter: { ...right.adapter, ...(broken as Partial<PaymentsPort>) } };
      await one.run(harness).catch(() => rejecting.push(one.name));
    }
    expect(rejecting).not.toEqual([]);
  });
}

test('an adapter that answers unsupported for what it does not declare passes', async () => {
  const right = createReference();
  const capabilities = right.capabilities.filter((one) => one !== 'portal');
  const createPortal = async (): Promise<never> => {
    throw new SocleError('unsupported', 'no portal here', { applied: 'no' });
  };
  const harness = { ...right, capabilities, adapter: { ...right.adapter, createPortal } };
  for (const one of casesFor({ capabilities, networked: false })) await one.run(harness);
});
