import type { Delivery, EventDraft, StandardWebhooksScheme, Webhook } from '@socle/kernel';
import { z } from 'zod';

export const scheme: StandardWebhooksScheme = {
  family: 'standard-webhooks',
  headerPrefix: 'webhook',
  toleranceSeconds: 300,
};

const Body = z.object({
  id: z.string(),
  type: z.string(),
  time: z.iso.datetime(),
  subject: z.string().optional(),
  data: z.unknown(),
});

/** The embedded platform's deliveries to its own installation: facts as they are, signed like anybody's. */
export const webhook: Webhook<object> = {
  schemes: [scheme],
  secrets: async (_settings, host) => {
    const { signingSecret } = await import('./outbox.ts');
    return [await signingSecret(host.local().sql)];
  },
  deliveryId: ({ headers }) => headers['webhook-id'],
  eventType: ({ body }) => Body.safeParse(body).data?.type ?? 'unknown',
  toEvents,
};

function toEvents({ body }: Delivery): readonly EventDraft[] {
  const parsed = Body.safeParse(body);
  if (!parsed.success) return [];
  const { subject, time, ...draft } = parsed.data;
  return [{ ...draft, time: new Date(time), ...(subject === undefined ? {} : { subject }) }];
}
