import { z } from 'zod';

const LINE_BREAK = /[\r\n]/;

/** `ada@example.com` or `Ada <ada@example.com>`. A line break would let a caller add headers. */
export const Address = z
  .string()
  .max(320)
  .refine((value) => !LINE_BREAK.test(value), 'must not contain a line break')
  .refine((value) => z.email().safeParse(bareAddress(value)).success, 'must be an e-mail address');

export const Attachment = z.strictObject({
  filename: z.string().min(1).max(255),
  contentType: z.string().min(1).optional(),
  contentBase64: z.base64(),
});

/** `scheduledAt` needs the capability `scheduling`. At least one of `text` and `html`. */
export const Message = z
  .strictObject({
    /** Absent: the platform's configured sender. */
    from: Address.optional(),
    to: z.array(Address).min(1).max(50),
    cc: z.array(Address).max(50).optional(),
    bcc: z.array(Address).max(50).optional(),
    replyTo: z.array(Address).max(10).optional(),
    subject: z
      .string()
      .min(1)
      .max(998)
      .refine((value) => !LINE_BREAK.test(value), 'must not contain a line break'),
    text: z.string().min(1).optional(),
    html: z.string().min(1).optional(),
    attachments: z.array(Attachment).max(20).optional(),
    headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), z.string().regex(/^[^\r\n]*$/)).optional(),
    scheduledAt: z.iso.datetime({ offset: true }).optional(),
  })
  .refine((message) => message.text !== undefined || message.html !== undefined, 'needs text or html');

export const MessageId = z.strictObject({ messageId: z.string().min(1) });

export const Receipt = z.object({
  messageId: z.string().min(1),
  acceptedAt: z.iso.datetime(),
});

export const SentState = z.enum([
  'scheduled',
  'accepted',
  'delivered',
  'bounced',
  'complained',
  'cancelled',
  'failed',
]);

export const Sent = z.object({
  messageId: z.string(),
  state: SentState,
  to: z.array(z.string()),
  subject: z.string(),
});

export type Message = z.output<typeof Message>;
export type Receipt = z.output<typeof Receipt>;
export type Sent = z.output<typeof Sent>;

/** The address without its display name. */
export function bareAddress(value: string): string {
  return (/<([^<>]+)>\s*$/.exec(value)?.[1] ?? value).trim();
}

/** What quotas count: every To, Cc and Bcc address. */
export function recipientCount(message: Pick<Message, 'to' | 'cc' | 'bcc'>): number {
  return message.to.length + (message.cc?.length ?? 0) + (message.bcc?.length ?? 0);
}
