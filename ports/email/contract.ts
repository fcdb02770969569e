import { definePort, type PortOf, read, write } from '@socle/kernel';
import { emailEvents } from './events.ts';
import { Message, MessageId, Receipt, Sent } from './message.ts';
import { emailTexts } from './texts.ts';

/**
 * Hands messages to a transport. Resolving means accepted, not delivered: delivery is told by events.
 * Designed from the documents of Resend, Postmark, SES and SMTP (RFC 5321). Deliberately absent:
 * templates (the application renders), contact lists.
 */
export const email = definePort({
  id: 'email',
  title: { en: 'E-mail', fr: 'E-mail' },
  capabilities: ['scheduling', 'status'],
  operations: {
    send: write(Message, Receipt),
    get: read(MessageId, Sent, { needs: 'status' }),
    cancel: write(MessageId, MessageId, { needs: 'scheduling' }),
  },
  texts: emailTexts,
  events: emailEvents,
});

export type EmailPort = PortOf<typeof email>;
