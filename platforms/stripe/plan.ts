import type { MeteredCall, Plan } from '@socle/kernel';

/** Operations that may need a second request: see payments.ts. */
const SECOND_REQUEST: ReadonlySet<string> = new Set([
  'createSubscription',
  'deleteCustomer',
  'cancelSubscription',
]);

const requests = (max: number): Plan['meters'] => [
  {
    kind: 'sum',
    id: 'requests',
    title: { en: 'API requests', fr: 'Requêtes API' },
    unit: { en: 'requests', fr: 'requêtes' },
    countsRefusals: true,
    count: ({ operation }: MeteredCall) => (SECOND_REQUEST.has(operation) ? 2 : 1),
    limits: [{ id: 'second', window: { kind: 'rolling', seconds: 1 }, max }],
  },
];

const common = {
  source: 'https://docs.stripe.com/rate-limits',
  checkedOn: '2026-11-21',
  maxAgeDays: 180,
  confirmed: true,
  onExceed: 'stop',
} as const;

/** Stripe caps requests per second and nothing else: no monthly volume, in sandboxes as live. */
export const plans: readonly Plan[] = [
  { id: 'sandbox', title: 'Sandbox (test keys)', ...common, meters: requests(25) },
  { id: 'live', title: 'Live', ...common, meters: requests(100) },
];
