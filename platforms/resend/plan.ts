import type { Limit, Meter, MeteredCall, Plan } from '@socle/kernel';
import { type Message, recipientCount } from '@socle/port-email';

/**
 * Every To, Cc and Bcc address counts. Received mail counts too, which nobody can see from here:
 * a team that receives through Resend reaches its wall earlier than these meters say.
 */
const recipients = (limits: readonly Limit[]): Meter => ({
  kind: 'sum',
  id: 'recipients',
  title: { en: 'E-mails, one for each recipient', fr: 'E-mails, un par destinataire' },
  unit: { en: 'recipients', fr: 'destinataires' },
  count: ({ operation, input }: MeteredCall) => (operation === 'send' ? recipientCount(input as Message) : 0),
  limits,
});

/** Stored copies of the vendor's page say 2, 5 and 10 a second: the lowest holds for every team. */
const requests: Meter = {
  kind: 'sum',
  id: 'requests',
  title: { en: 'API requests', fr: 'Requêtes API' },
  unit: { en: 'requests', fr: 'requêtes' },
  countsRefusals: true,
  // a refused cancel looks at what became of the message: see email.ts
  count: ({ operation }: MeteredCall) => (operation === 'cancel' ? 2 : 1),
  limits: [{ id: 'second', window: { kind: 'rolling', seconds: 1 }, max: 2 }],
};

const limit = (unit: 'day' | 'month', max: number): Limit => ({
  id: unit,
  window: { kind: 'calendar', unit, timeZone: 'UTC' },
  max,
});

const common = {
  source: 'https://resend.com/docs/knowledge-base/account-quotas-and-limits',
  checkedOn: '2026-11-21',
  maxAgeDays: 90,
  confirmed: true,
} as const;

export const plans: readonly Plan[] = [
  {
    id: 'free',
    title: 'Free',
    ...common,
    onExceed: 'stop',
    meters: [recipients([limit('day', 100), limit('month', 3000)]), requests],
  },
  {
    // pay-as-you-go: beyond 50,000 each further thousand is charged
    id: 'pro',
    title: 'Pro (50,000)',
    ...common,
    onExceed: 'bill',
    meters: [recipients([limit('month', 50_000)]), requests],
  },
];
