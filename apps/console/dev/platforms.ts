import type { PlatformSettings, QuotaView } from '../../server/console/contract.ts';
import { ago, later, text } from './records.ts';

type Field = PlatformSettings['fields'][number];

function field(given: Partial<Field> & Pick<Field, 'name' | 'env' | 'title' | 'help'>): Field {
  return {
    secret: false,
    required: false,
    example: null,
    isSet: given.origin !== undefined,
    origin: null,
    value: null,
    ...given,
  };
}

const baseUrl = (env: string): Field =>
  field({
    name: 'baseUrl',
    env,
    title: text('Base URL', 'URL de base'),
    help: text(
      'Only for a self-hosted server or a fake; leave it empty otherwise.',
      'Seulement pour un serveur auto-hébergé ou un faux serveur ; laissez vide sinon.',
    ),
    example: 'http://127.0.0.1:9000',
  });

export const settings = (): PlatformSettings[] => [
  {
    id: 'embedded',
    title: 'Embedded',
    summary: text('Runs on this machine, no account needed', 'Tourne sur cette machine, sans compte'),
    docs: 'platforms/embedded/README.md',
    ports: ['email', 'payments', 'cache', 'storage'],
    state: 'ready',
    faults: [],
    fields: [],
    webhookUrl: null,
  },
  {
    id: 'stripe',
    title: 'Stripe',
    summary: text('Payments, subscriptions, invoices', 'Paiements, abonnements, factures'),
    docs: 'https://docs.stripe.com/api',
    ports: ['payments'],
    state: 'ready',
    faults: [],
    fields: [
      field({
        name: 'secretKey',
        env: 'STRIPE_SECRET_KEY',
        title: text('Secret key', 'Clé secrète'),
        help: text(
          'Dashboard → Developers → API keys. A test key begins with sk_test_.',
          'Tableau de bord → Développeurs → Clés API. Une clé de test commence par sk_test_.',
        ),
        secret: true,
        required: true,
        example: 'sk_test_…',
        isSet: true,
        origin: 'vault',
      }),
      field({
        name: 'webhookSecret',
        env: 'STRIPE_WEBHOOK_SECRET',
        title: text('Webhook signing secret', 'Secret de signature du webhook'),
        help: text(
          'Dashboard → Developers → Webhooks → your endpoint → Signing secret.',
          'Tableau de bord → Développeurs → Webhooks → votre point d’accès → Secret de signature.',
        ),
        secret: true,
        example: 'whsec_…',
        isSet: true,
        origin: 'environment',
      }),
      field({
        ...baseUrl('STRIPE_BASE_URL'),
        isSet: true,
        origin: 'environment',
        value: 'http://127.0.0.1:12111',
      }),
    ],
    webhookUrl: 'https://socle.example.com/webhook/stripe',
  },
  {
    id: 'resend',
    title: 'Resend',
    summary: text('Transactional e-mail', 'E-mail transactionnel'),
    docs: 'https://resend.com/docs',
    ports: ['email'],
    state: 'faulty',
    faults: [
      {
        field: 'RESEND_API_KEY',
        problem: 'must start with re_',
        fix: 'Dashboard → API Keys; sending access is enough',
      },
    ],
    fields: [
      field({
        name: 'apiKey',
        env: 'RESEND_API_KEY',
        title: text('API key', 'Clé API'),
        help: text(
          'Dashboard → API Keys; sending access is enough.',
          'Tableau de bord → API Keys ; l’accès en envoi suffit.',
        ),
        secret: true,
        required: true,
        example: 're_xxxx',
        isSet: true,
        origin: 'vault',
      }),
      field({
        name: 'from',
        env: 'RESEND_FROM',
        title: text('Sender', 'Expéditeur'),
        help: text(
          'An address of a domain that you verified at Resend.',
          'Une adresse d’un domaine vérifié chez Resend.',
        ),
        required: true,
        example: 'Atelier <hello@atelier.example>',
        isSet: true,
        origin: 'vault',
        value: 'Atelier Nord <receipts@atelier-nord.example>',
      }),
      baseUrl('RESEND_BASE_URL'),
    ],
    webhookUrl: 'https://socle.example.com/webhook/resend',
  },
  {
    id: 'smtp',
    title: 'SMTP',
    summary: text('Any mail server', 'N’importe quel serveur de messagerie'),
    docs: 'https://nodemailer.com/smtp',
    ports: ['email'],
    state: 'absent',
    faults: [],
    fields: [
      field({
        name: 'url',
        env: 'SMTP_URL',
        title: text('Address', 'Adresse'),
        help: text(
          'With user and password, as your provider gives it.',
          'Avec utilisateur et mot de passe, telle que la donne votre hébergeur.',
        ),
        secret: true,
        required: true,
        example: 'smtps://user:password@mail.example.com',
      }),
      field({
        name: 'from',
        env: 'SMTP_FROM',
        title: text('Sender', 'Expéditeur'),
        help: text('The address that recipients see.', 'L’adresse que voient les destinataires.'),
        required: true,
        example: 'hello@example.com',
      }),
    ],
    webhookUrl: null,
  },
];

const STRIPE = {
  platform: 'stripe',
  platformTitle: 'Stripe',
  plan: 'Standard',
  onExceed: 'stop',
  source: 'https://docs.stripe.com/rate-limits',
  checkedOn: '2026-10-02',
  stale: false,
} as const;
const RESEND = {
  platform: 'resend',
  platformTitle: 'Resend',
  plan: 'Free',
  onExceed: 'stop',
  source: 'https://resend.com/pricing',
  checkedOn: '2026-11-14',
  stale: false,
} as const;
const recipients = {
  meter: 'recipients',
  title: text('Recipients', 'Destinataires'),
  unit: text('recipients', 'destinataires'),
};
const requests = {
  meter: 'requests',
  title: text('Requests', 'Requêtes'),
  unit: text('requests', 'requêtes'),
};

export const quotas = (): QuotaView[] => [
  {
    ...RESEND,
    ...recipients,
    window: 'day',
    max: 100,
    used: 84,
    reserved: 3,
    resetsAt: later(31_000),
    wallAt: later(9_400),
  },
  {
    ...RESEND,
    ...recipients,
    window: 'month',
    max: 3000,
    used: 1212,
    reserved: 3,
    resetsAt: later(9 * 86_400),
    wallAt: null,
  },
  {
    ...RESEND,
    ...requests,
    window: 'second',
    max: 2,
    used: 0,
    reserved: 1,
    resetsAt: later(1),
    wallAt: null,
  },
  {
    ...STRIPE,
    ...requests,
    window: 'second',
    max: 100,
    used: 12,
    reserved: 4,
    resetsAt: later(1),
    wallAt: null,
  },
  {
    platform: 's3',
    platformTitle: 'S3',
    plan: 'Free tier',
    onExceed: 'bill',
    source: 'https://aws.amazon.com/s3/pricing/',
    checkedOn: ago(200 * 86_400).slice(0, 10),
    stale: true,
    meter: 'writes',
    title: text('Write requests', 'Requêtes d’écriture'),
    unit: text('requests', 'requêtes'),
    window: 'month',
    max: 2000,
    used: 2000,
    reserved: 0,
    resetsAt: later(9 * 86_400),
    wallAt: null,
  },
];
