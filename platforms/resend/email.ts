import { createHash } from 'node:crypto';
import { type Call, type Host, isSocleError, SocleError } from '@socle/kernel';
import type { EmailPort, Message, Sent } from '@socle/port-email';
import type { CreateEmailOptions, CreateEmailRequestOptions } from 'resend';
import { z } from 'zod';
import { createClient } from './client.ts';
import { toError } from './errors.ts';
import type { Settings } from './settings.ts';

const Created = z.object({ id: z.string().min(1) });
const Email = z.object({
  id: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  last_event: z.string(),
});

/** An event that Resend adds later is after acceptance, whatever it is. */
const STATES: Readonly<Record<string, Sent['state']>> = {
  scheduled: 'scheduled',
  queued: 'accepted',
  sent: 'accepted',
  delivery_delayed: 'accepted',
  delivered: 'delivered',
  opened: 'delivered',
  clicked: 'delivered',
  bounced: 'bounced',
  complained: 'complained',
  canceled: 'cancelled',
  failed: 'failed',
  suppressed: 'failed',
};

export function create(settings: Settings, host: Host): EmailPort {
  const resend = createClient(settings, host);

  async function read(messageId: string, { signal }: Pick<Call, 'signal'>): Promise<Sent> {
    const options: object = { signal };
    const { data } = await resend.get(`/emails/${pathOf(messageId)}`, options);
    const { id, to, subject, last_event } = checked(Email, data);
    return { messageId: id, state: STATES[last_event] ?? 'accepted', to, subject };
  }

  return {
    send: async (message, call) => {
      const options: CreateEmailRequestOptions & RequestInit = {
        idempotencyKey: keyOf(call),
        signal: call.signal,
      };
      const { data } = await resend.emails.send(toResend(message, settings.from), options);
      return { messageId: checked(Created, data).id, acceptedAt: host.clock.now().toISOString() };
    },

    get: ({ messageId }, call) => read(messageId, call),

    cancel: async ({ messageId }, call) => {
      const options: object = { signal: call.signal };
      try {
        await resend.post(`/emails/${pathOf(messageId)}/cancel`, undefined, options);
      } catch (thrown) {
        const error = isSocleError(thrown) ? thrown : toError(thrown);
        if (error.code !== 'invalid_argument' && error.code !== 'conflict') throw error;
        // Resend documents no error for this: what became of the message tells why it refused.
        const { state } = await read(messageId, call);
        if (state !== 'cancelled') throw new SocleError('precondition_failed', error.message, error.details);
      }
      return { messageId };
    },
  };
}

function toResend(message: Message, sender: string): CreateEmailOptions {
  const { from = sender, to, cc, bcc, replyTo, subject, text, html, headers, scheduledAt } = message;
  const attachments = message.attachments?.map(({ filename, contentType, contentBase64 }) => ({
    filename,
    content: contentBase64,
    ...(contentType === undefined ? {} : { contentType }),
  }));
  const given = Object.entries({ cc, bcc, replyTo, html, text, headers, scheduledAt, attachments });
  const optional = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  return { from, to, subject, ...optional } as CreateEmailOptions;
}

function checked<Schema extends z.ZodType>(schema: Schema, data: unknown): z.output<Schema> {
  const read = schema.safeParse(data);
  if (read.success) return read.data;
  throw new SocleError('vendor_contract', 'Resend answered something else than documented', {}, read.error);
}

/** Resend takes at most 256 characters, and they travel in a header. */
function keyOf({ idempotencyKey: key }: Call): string {
  return /^[\x21-\x7e]{1,256}$/.test(key) ? key : createHash('sha256').update(key).digest('hex');
}

/** The SDK puts ids into the path as they are. */
function pathOf(messageId: string): string {
  if (/^[\w-]+$/.test(messageId)) return messageId;
  throw new SocleError('not_found', 'no such message', { applied: 'no' });
}
