import { field, isSafeUrl } from '@socle/kernel';
import { z } from 'zod';

const isLive = (key: unknown): boolean => typeof key === 'string' && /^(sk|rk)_live_/.test(key);

export const settings = z
  .object({
    secretKey: field(
      z
        .string()
        .regex(/^(sk|rk)_(test|live)_\w{6,}$/, 'must begin with sk_test_, rk_test_, sk_live_ or rk_live_'),
      {
        title: { en: 'Secret key', fr: 'Clé secrète' },
        help: {
          en: 'Stripe Dashboard → Developers → API keys. Begin with a test key (sk_test_…), or a restricted one (rk_test_…) that may write customers, products, prices, Checkout, PaymentIntents, subscriptions, refunds and the customer portal.',
          fr: 'Tableau de bord Stripe → Développeurs → Clés API. Commencez par une clé de test (sk_test_…), ou une clé restreinte (rk_test_…) qui peut écrire clients, produits, tarifs, Checkout, PaymentIntents, abonnements, remboursements et portail client.',
        },
        env: 'STRIPE_SECRET_KEY',
        secret: true,
        example: 'sk_test_xxxxxxxxxxxx',
      },
    ),
    publishableKey: field(
      z
        .string()
        .regex(/^pk_(test|live)_\w+$/, 'must begin with pk_test_ or pk_live_')
        .optional(),
      {
        title: { en: 'Publishable key', fr: 'Clé publiable' },
        help: {
          en: 'Stripe Dashboard → Developers → API keys. Only the payer’s browser needs it, to confirm prepared payments.',
          fr: 'Tableau de bord Stripe → Développeurs → Clés API. Seul le navigateur du payeur en a besoin, pour confirmer un paiement préparé.',
        },
        env: 'STRIPE_PUBLISHABLE_KEY',
        example: 'pk_test_xxxxxxxxxxxx',
      },
    ),
    webhookSecret: field(
      z
        .string()
        .regex(/^whsec_\w+([\s,]+whsec_\w+)*$/, 'must be one or several whsec_… values, separated by commas')
        .optional(),
      {
        title: { en: 'Webhook signing secret', fr: 'Secret de signature des webhooks' },
        help: {
          en: 'Stripe Dashboard → Developers → Webhooks → your endpoint → Signing secret. While you roll it, give both, separated by a comma. Without it every delivery is refused.',
          fr: 'Tableau de bord Stripe → Développeurs → Webhooks → votre point de terminaison → Secret de signature. Pendant une rotation, donnez les deux, séparés par une virgule. Sans lui, toute livraison est refusée.',
        },
        env: 'STRIPE_WEBHOOK_SECRET',
        secret: true,
        example: 'whsec_xxxxxxxxxxxx',
      },
    ),
    baseUrl: field(z.url().refine(isSafeUrl, 'must be https, or http on this machine').optional(), {
      title: { en: 'Base URL', fr: 'URL de base' },
      help: {
        en: 'Leave empty for Stripe itself. For the fake: the URL that `socle fake stripe` prints.',
        fr: 'Laissez vide pour Stripe même. Pour le faux : l’URL qu’affiche `socle fake stripe`.',
      },
      env: 'STRIPE_BASE_URL',
      example: 'http://127.0.0.1:9000',
    }),
    live: field(z.enum(['0', '1']).optional(), {
      title: { en: 'Allow live payments', fr: 'Autoriser les paiements réels' },
      help: {
        en: 'Set to 1 only where real money may move. Without it, live keys are refused.',
        fr: 'Mettez 1 seulement là où de l’argent réel peut circuler. Sans cela, les clés réelles sont refusées.',
      },
      env: 'SOCLE_LIVE',
      example: '1',
      shared: true,
    }),
  })
  .refine(({ secretKey, live }) => !isLive(secretKey) || live === '1', {
    path: ['secretKey'],
    message: 'is a live key: it moves real money. Use a test key (sk_test_…), or set SOCLE_LIVE=1',
    // also when another setting is wrong: all faults are reported at once
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

export type Settings = z.output<typeof settings>;
