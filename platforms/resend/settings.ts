import { field, isSafeUrl } from '@socle/kernel';
import { Address } from '@socle/port-email';
import { z } from 'zod';

export const settings = z.object({
  apiKey: field(z.string().regex(/^re_\w{8,}$/, 'must begin with re_'), {
    title: { en: 'API key', fr: 'Clé API' },
    help: {
      en: 'Resend → API Keys (https://resend.com/api-keys). “Sending access” is enough to send; reading what became of a message and cancelling need “Full access”.',
      fr: 'Resend → API Keys (https://resend.com/api-keys). « Sending access » suffit pour envoyer ; lire le sort d’un message et annuler demandent « Full access ».',
    },
    env: 'RESEND_API_KEY',
    secret: true,
    example: 're_xxxxxxxx_xxxxxxxxxxxxxxxx',
  }),
  from: field(Address, {
    title: { en: 'Sender', fr: 'Expéditeur' },
    help: {
      en: 'Who sends when the application does not say. Its domain must be verified under Resend → Domains; to try, use onboarding@resend.dev, which reaches only your own address.',
      fr: 'Qui envoie quand l’application ne le dit pas. Son domaine doit être vérifié dans Resend → Domains ; pour essayer, onboarding@resend.dev, qui n’atteint que votre propre adresse.',
    },
    env: 'RESEND_FROM',
    example: 'My application <no-reply@example.com>',
  }),
  webhookSecret: field(
    z
      .string()
      .regex(
        /^whsec_[A-Za-z0-9+/]+=*([\s,]+whsec_[A-Za-z0-9+/]+=*)*$/,
        'must be one or several whsec_… values, separated by commas or spaces',
      )
      .optional(),
    {
      title: { en: 'Webhook signing secret', fr: 'Secret de signature des webhooks' },
      help: {
        en: 'Resend → Webhooks → your endpoint → Signing secret. While you rotate it, give both, separated by a comma. Without it every delivery is refused.',
        fr: 'Resend → Webhooks → votre point de terminaison → Signing secret. Pendant une rotation, donnez les deux, séparés par une virgule. Sans lui, toute livraison est refusée.',
      },
      env: 'RESEND_WEBHOOK_SECRET',
      secret: true,
      example: 'whsec_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    },
  ),
  baseUrl: field(z.url().refine(isSafeUrl, 'must be https, or http on this machine').optional(), {
    title: { en: 'Base URL', fr: 'URL de base' },
    help: {
      en: 'Leave empty for Resend itself. For the fake: the URL that `socle fake resend` prints.',
      fr: 'Laissez vide pour Resend même. Pour le faux : l’URL qu’affiche `socle fake resend`.',
    },
    env: 'RESEND_BASE_URL',
    example: 'http://127.0.0.1:9000',
  }),
});

export type Settings = z.output<typeof settings>;
