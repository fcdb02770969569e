import { type Delivery, type EventDraft, SocleError, type Webhook } from '@socle/kernel';
import { z } from 'zod';
import type { Settings } from './settings.ts';

const Envelope = z.object({
  type: z.string().min(1),
  created_at: z.coerce.date(),
  data: z.looseObject({}),
});
const Fact = z.looseObject({
  email_id: z.string().min(1),
  to: z.array(z.string()),
  subject: z.string().optional(),
  bounce: z.object({ message: z.string().optional() }).optional(),
  click: z.object({ link: z.string().optional() }).optional(),
  failed: z.object({ reason: z.string().optional() }).optional(),
  suppressed: z.object({ message: z.string().optional() }).optional(),
});
type Fact = z.output<typeof Fact>;

const withReason = (reason: string | undefined) => (reason === undefined ? {} : { reason });

/** Resend's event names that mean something here; all others are stored and acknowledged only. */
const FACTS: Readonly<Record<string, { readonly type: string; extra?(fact: Fact): object }>> = {
  'email.delivered': { type: 'email.delivered' },
  'email.bounced': { type: 'email.bounced', extra: ({ bounce }) => withReason(bounce?.message) },
  'email.complained': { type: 'email.complained' },
  'email.opened': { type: 'email.opened' },
  'email.clicked': {
    type: 'email.clicked',
    extra: ({ click }) => (click?.link === undefined ? {} : { link: click.link }),
  },
  'email.failed': { type: 'email.failed', extra: ({ failed }) => withReason(failed?.reason) },
  // on the team's suppression list, so it was never sent
  'email.suppressed': { type: 'email.failed', extra: ({ suppressed }) => withReason(suppressed?.message) },
};

export const webhook: Webhook<Settings> = {
  schemes: [{ family: 'standard-webhooks', headerPrefix: 'svix', toleranceSeconds: 300 }],
  secrets: ({ webhookSecret = '' }) => webhookSecret.split(/[\s,]+/).filter((one) => one !== ''),
  deliveryId: ({ headers }) => headers['svix-id'],
  eventType: ({ body }) => z.object({ type: z.string() }).safeParse(body).data?.type ?? 'unknown',
  toEvents,
};

/** The same message can be opened and clicked many times, so the delivery's id makes the event's. */
function toEvents({ headers, body }: Delivery): readonly EventDraft[] {
  const envelope = Envelope.safeParse(body);
  if (!envelope.success) throw new SocleError('vendor_contract', 'not a Resend event', {}, envelope.error);
  const { type, created_at: time, data } = envelope.data;
  const meaning = Object.hasOwn(FACTS, type) ? FACTS[type] : undefined;
  if (!meaning) return [];
  const fact = Fact.safeParse(data);
  if (!fact.success) throw new SocleError('vendor_contract', `unexpected data in ${type}`, {}, fact.error);
  const { email_id: messageId, to, subject } = fact.data;
  const told = {
    messageId,
    to,
    ...(subject === undefined ? {} : { subject }),
    ...meaning.extra?.(fact.data),
  };
  return [
    {
      id: headers['svix-id'] ?? `${messageId}:${type}`,
      type: meaning.type,
      time,
      subject: messageId,
      data: told,
    },
  ];
}
