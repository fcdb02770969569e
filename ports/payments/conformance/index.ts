import { afterAll, beforeAll, describe, test } from 'vitest';
import { capabilityCases, drillCases } from './cases/boundaries.ts';
import { checkoutCases } from './cases/checkout.ts';
import { objectCases } from './cases/objects.ts';
import { paymentCases } from './cases/payments.ts';
import { refundCases } from './cases/refunds.ts';
import { subscriptionCases } from './cases/subscriptions.ts';
import type { Case, PaymentsHarness } from './harness.ts';

export type { NetworkFault, PaymentsHarness } from './harness.ts';

export const cases: readonly Case[] = [
  ...objectCases,
  ...checkoutCases,
  ...paymentCases,
  ...subscriptionCases,
  ...refundCases,
  ...capabilityCases,
];

/** The cases that apply to an adapter: those whose capabilities it declares. */
export function casesFor(suite: {
  readonly networked: boolean;
  readonly capabilities: PaymentsHarness['capabilities'];
}): readonly Case[] {
  return [...cases, ...(suite.networked ? drillCases : [])].filter((one) =>
    (one.needs ?? []).every((need) => suite.capabilities.includes(need)),
  );
}

/** Registers the suite that every payments adapter must pass, the embedded one included. */
export function paymentsConformance(suite: {
  readonly name: string;
  readonly networked: boolean;
  readonly capabilities: PaymentsHarness['capabilities'];
  start(): Promise<PaymentsHarness>;
}): void {
  describe(`payments conformance: ${suite.name}`, () => {
    let harness: PaymentsHarness;
    beforeAll(async () => {
      harness = await suite.start();
    }, 60_000);
    afterAll(() => harness?.close());
    for (const one of casesFor(suite)) test(one.name, () => one.run(harness), 30_000);
  });
}
