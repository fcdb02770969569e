import { type AuditCheck, isSocleError, SocleError } from '@socle/kernel';
import { email } from '@socle/port-email';
import type { Settings } from './settings.ts';

const key = (name: string) => ({
  signal: AbortSignal.timeout(30_000),
  idempotencyKey: `audit-${name}-${crypto.randomUUID()}`,
});

export const checks: readonly AuditCheck<Settings>[] = [
  {
    id: 'send',
    title: {
      en: 'Send a message to the sender’s own address',
      fr: 'Envoyer un message à l’adresse de l’expéditeur',
    },
    run: async ({ from }, adapters) => {
      const message = { to: [from], subject: 'Socle audit', text: 'Sent by socle audit.' };
      const { messageId } = await adapters(email).send(message, key('send'));
      if (!messageId) throw new SocleError('vendor_contract', 'audit: no message id');
    },
  },
  {
    id: 'honest-limits',
    title: {
      en: 'A later date is refused, never sent at once',
      fr: 'Une date future est refusée, jamais envoyée aussitôt',
    },
    run: async ({ from }, adapters) => {
      const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
      const message = { to: [from], subject: 'Socle audit', text: 'Never sent.', scheduledAt };
      const refused = await adapters(email)
        .send(message, key('later'))
        .catch((error: unknown) => error);
      if (isSocleError(refused) && refused.code === 'unsupported') return;
      throw new SocleError('vendor_contract', 'audit: a scheduled message was not refused');
    },
  },
];
