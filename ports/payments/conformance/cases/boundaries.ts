import assert from 'node:assert/strict';
import { type Call, isSocleError, SocleError } from '@socle/kernel';
import { payments } from '../../contract.ts';
import { type Case, call, freshKey, type NetworkFault, type OperationName, refusal } from '../harness.ts';

const samples: Partial<Record<OperationName, object>> = {
  createCheckout: {
    mode: 'payment',
    items: [{ priceId: 'price_1', quantity: 1 }],
    successUrl: 'https://shop.example/a',
    cancelUrl: 'https://shop.example/b',
  },
  getCheckout: { checkoutId: 'cs_1' },
  createSubscription: { customerId: 'cus_1', priceId: 'price_1', quantity: 1 },
  getSubscription: { subscriptionId: 'sub_1' },
  cancelSubscription: { subscriptionId: 'sub_1', atPeriodEnd: true },
  listInvoices: { customerId: 'cus_1', limit: 10 },
  refund: { paymentId: 'pi_1' },
  createPortal: { customerId: 'cus_1', returnUrl: 'https://shop.example/c' },
};

export const capabilityCases: readonly Case[] = [
  {
    name: 'what is not declared answers unsupported',
    run: async (harness) => {
      for (const [name, operation] of Object.entries(payments.operations)) {
        const { needs } = operation;
        if (!needs || (harness.capabilities as readonly string[]).includes(needs)) continue;
        const method = harness.adapter[name as OperationName] as (
          input: unknown,
          call: Call,
        ) => Promise<unknown>;
        const context = { signal: AbortSignal.timeout(10_000), idempotencyKey: freshKey() };
        const attempt = async () => method(samples[name as OperationName], context);
        await refusal(attempt(), 'unsupported');
      }
    },
  },
  {
    name: 'any thrown value becomes one SocleError',
    run: async (harness) => {
      const own = new SocleError('declined', 'no');
      assert.equal(harness.toError(own).code, 'declined');
      for (const junk of [undefined, null, 'text', 7, {}, [], new Error('x'), { type: 'StripeNewError' }]) {
        assert.ok(isSocleError(harness.toError(junk)), `not for ${String(junk)}`);
      }
    },
  },
  {
    name: 'secrets appear in no error and no log line',
    run: async (harness) => {
      const errors = await Promise.all([
        refusal(call(harness, 'getCustomer', { customerId: 'cus_unknown' }), 'not_found'),
        refusal(call(harness, 'getPayment', { paymentId: 'pi_unknown' }), 'not_found'),
      ]);
      const prepared = await call(harness, 'createPayment', { amountMinor: 100, currency: 'EUR' });
      const text = [harness.logged(), ...errors.map(everything)].join('\n');
      for (const secret of [...harness.secrets, prepared.clientSecret]) {
        for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
          assert.ok(!text.includes(form), 'a secret leaked into an error or a log line');
        }
      }
    },
  },
];

/** What a caller may conclude from each fault. */
const DRILLS: readonly { fault: NetworkFault; codes: readonly string[]; applied?: 'no' | 'unknown' }[] = [
  { fault: 'refused', codes: ['unavailable'], applied: 'no' },
  { fault: 'reset-after-body', codes: ['unavailable'], applied: 'unknown' },
  { fault: 'html-502', codes: ['unavailable'] },
  { fault: 'rate-limited', codes: ['rate_limited'] },
];

/** For networked adapters only. */
export const drillCases: readonly Case[] = [
  ...DRILLS.map(({ fault, codes, applied }) => ({
    name: `drill: ${fault} is ${codes.join(' or ')}, is not retried by the adapter, and passes`,
    run: async (harness: Parameters<Case['run']>[0]) => {
      assert.ok(harness.fault);
      const before = await harness.count('customer');
      const key = freshKey();
      const create = () => call(harness, 'createCustomer', { email: 'drill@example.com' }, { key });
      await harness.fault(fault);
      const error = await create().then(
        () => assert.fail('it succeeded, so something below the kernel retried'),
        (thrown: unknown) => thrown,
      );
      assert.ok(isSocleError(error) && codes.includes(error.code), `came as ${String(error)}`);
      if (applied) assert.equal(error.details.applied ?? 'unknown', applied);
      if (fault === 'rate-limited') assert.equal(error.details.retryAfterMs, 2000);
      await create();
      assert.equal((await harness.count('customer')) - before, 1, 'the repeated call had a second effect');
    },
  })),
  {
    name: 'drill: a hanging vendor lets go when the signal says so',
    run: async (harness) => {
      assert.ok(harness.fault);
      const { struck } = await harness.fault('hang');
      const stop = new AbortController();
      const hanging = call(harness, 'createCustomer', { email: 'h@example.com' }, { signal: stop.signal });
      await struck();
      stop.abort(new DOMException('deadline', 'TimeoutError'));
      await refusal(hanging, 'timeout', 'unavailable', 'cancelled');
      await call(harness, 'createCustomer', { email: 'after@example.com' });
    },
  },
];

/** An error as a careless logger would print it, causes included. */
function everything(error: unknown): string {
  const parts: string[] = [];
  for (let value = error, depth = 0; value && depth < 6; depth += 1) {
    const one = value as { message?: unknown; stack?: unknown; cause?: unknown };
    parts.push(String(one.message), String(one.stack), safeJson(value));
    value = one.cause;
  }
  return parts.join('\n');
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value, Object.getOwnPropertyNames(value));
  } catch {
    return '';
  }
}
