import { type Delivery, type EventDraft, SocleError, type Webhook } from '@socle/kernel';
import { z } from 'zod';
import type { Settings } from './settings.ts';
import { invoiceFact, paymentFact, refundFact, sessionFact, subscriptionFact } from './webhook-facts.ts';

const Envelope = z.object({
  id: z.string().min(1),
  type: z.string().min(1),
  created: z.number(),
  data: z.object({
    object: z.looseObject({ id: z.string().optional() }),
    previous_attributes: z.record(z.string(), z.unknown()).nullish(),
  }),
});
export type StripeEvent = z.output<typeof Envelope>;

type Draft = Omit<EventDraft, 'time'>;

/** Stripe's event names that mean something here; all others are stored and acknowledged only. */
const FACTS: Readonly<Record<string, (event: StripeEvent) => Draft | undefined>> = {
  'payment_intent.succeeded': (event) => paymentFact(event, 'payment.succeeded'),
  'payment_intent.payment_failed': (event) => paymentFact(event, 'payment.failed'),
  'charge.refunded': refundFact,
  'checkout.session.completed': sessionFact,
  'customer.subscription.created': subscriptionFact,
  'customer.subscription.updated': subscriptionFact,
  'customer.subscription.deleted': subscriptionFact,
  // Stripe sends both for one fact; both make the same event id, so it is kept once.
  'invoice.paid': (event) => invoiceFact(event, 'invoice.paid'),
  'invoice.payment_succeeded': (event) => invoiceFact(event, 'invoice.paid'),
  'invoice.payment_failed': (event) => invoiceFact(event, 'invoice.failed'),
  'customer.created': ({ data: { object } }) => {
    const { id, email } = z.object({ id: z.string(), email: z.string().nullish() }).parse(object);
    const data = { customerId: id, email: email ?? null };
    return { id: `${id}:created`, type: 'customer.created', subject: id, data };
  },
};

export const webhook: Webhook<Settings> = {
  schemes: [{ family: 'timestamped', header: 'stripe-signature', toleranceSeconds: 300 }],
  secrets: ({ webhookSecret }) => webhookSecret?.split(/[\s,]+/).filter(Boolean) ?? [],
  deliveryId: (delivery) => Envelope.shape.id.safeParse((delivery.body as { id?: unknown } | null)?.id).data,
  eventType: (delivery) => String((delivery.body as { type?: unknown } | null)?.type ?? 'unknown'),
  toEvents,
};

function toEvents(delivery: Delivery): readonly EventDraft[] {
  const parsed = Envelope.safeParse(delivery.body);
  if (!parsed.success) return [];
  const event = parsed.data;
  const fact = FACTS[event.type];
  if (!fact) return [];
  try {
    const draft = fact(event);
    return draft ? [{ ...draft, time: new Date(event.created * 1000) }] : [];
  } catch (thrown) {
    const where =
      thrown instanceof z.ZodError ? thrown.issues.map((one) => one.path.join('.')).join(', ') : '?';
    throw new SocleError('vendor_contract', `stripe ${event.type}: unexpected shape at ${where}`, {}, thrown);
  }
}
