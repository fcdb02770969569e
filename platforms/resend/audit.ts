import { type AuditCheck, isSocleError, SocleError } from '@socle/kernel';
import { email } from '@socle/port-email';
import type { Settings } from './settings.ts';

/** Resend's own sink: takes everything, reaches nobody, counts as sent. */
const SINK = 'delivered@resend.dev';

const key = (name: string) => ({
  signal: AbortSignal.timeout(30_000),
  idempotencyKey: `audit-${name}-${crypto.randomUUID()}`,
});

function expect(holds: boolean, what: string): void {
  if (!holds) throw new SocleError('vendor_contract', `audit: ${what}`);
}

/** Each check costs one of the day's e-mails or none. */
export const checks: readonly AuditCheck<Settings>[] = [
  {
    id: 'send',
    title: { en: 'Send a message', fr: 'Envoyer un message' },
    run: async (_settings, adapters) => {
      const port = adapters(email);
      const message = { to: [SINK], subject: 'Socle audit', text: 'Sent by socle audit.' };
      const { messageId } = await port.send(message, key('send'));
      expect(messageId.length > 0, 'no message id');
    },
  },
  {
    id: 'tracking',
    title: { en: 'Read what became of a message', fr: 'Lire ce qu’est devenu un message' },
    run: async (_settings, adapters) => {
      const port = adapters(email);
      const message = { to: [SINK], subject: 'Socle audit', text: 'Sent by socle audit.' };
      const { messageId } = await port.send(message, key('tracked'));
      const sent = await port.get({ messageId }, key('read'));
      expect(sent.state === 'accepted' || sent.state === 'delivered', `the message is ${sent.state}`);
      const unknown = await port
        .get({ messageId: crypto.randomUUID() }, key('unknown'))
        .catch((error) => error);
      expect(isSocleError(unknown) && unknown.code === 'not_found', 'an unknown message was found');
    },
  },
  {
    id: 'scheduling',
    title: { en: 'Schedule a message and cancel it', fr: 'Programmer un message et l’annuler' },
    run: async (_settings, adapters) => {
      const port = adapters(email);
      const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
      const message = { to: [SINK], subject: 'Socle audit', text: 'Never sent.', scheduledAt };
      const { messageId } = await port.send(message, key('schedule'));
      await port.cancel({ messageId }, key('cancel'));
      expect((await port.get({ messageId }, key('read'))).state === 'cancelled', 'it was not cancelled');
    },
  },
  {
    id: 'webhook-secret',
    title: { en: 'A webhook signing secret is set', fr: 'Un secret de signature des webhooks est réglé' },
    run: async ({ webhookSecret }) => {
      if (webhookSecret) return;
      throw new SocleError(
        'misconfigured',
        'no webhook secret: deliveries are refused · set RESEND_WEBHOOK_SECRET',
      );
    },
  },
];
