import type {
  DeliveryDetail,
  EventDetail,
  FlowView,
  MailDetail,
  ModuleView,
  Overview,
  PlatformSettings,
  QuotaView,
  RunDetail,
} from '../../server/console/contract.ts';
import { ago, delivery, event, mail, run, seq, text } from './records.ts';

/** A small installation that has been running for a while. */
export interface Scene {
  readonly overview: Overview;
  readonly quotas: readonly QuotaView[];
  readonly deliveries: DeliveryDetail[];
  readonly events: EventDetail[];
  readonly flows: readonly FlowView[];
  readonly runs: RunDetail[];
  readonly mails: MailDetail[];
  readonly settings: PlatformSettings[];
}

const modules: readonly ModuleView[] = [
  module('payments', text('Payments', 'Paiements'), {
    chain: ['stripe', 'embedded'],
    state: 'live',
    percent: 86,
    calls: 1412,
    errors: 3,
    policy: 'fail',
  }),
  module('email', text('E-mail', 'E-mail'), {
    chain: ['resend', 'smtp', 'embedded'],
    state: 'degraded',
    percent: 71,
    calls: 906,
    errors: 41,
    policy: 'next',
  }),
  module('cache', text('Cache', 'Cache'), {
    chain: ['embedded'],
    state: 'embedded',
    percent: 57,
    calls: 22_380,
    errors: 0,
    policy: 'fail',
  }),
  module('storage', text('Files', 'Fichiers'), {
    chain: ['embedded'],
    state: 'embedded',
    percent: 43,
    calls: 318,
    errors: 0,
    policy: 'defer',
  }),
];

interface Shape {
  readonly chain: readonly string[];
  readonly state: ModuleView['state'];
  readonly policy: ModuleView['policy'];
  readonly percent: number;
  readonly calls: number;
  readonly errors: number;
}

function module(port: string, title: ModuleView['title'], shape: Shape): ModuleView {
  const evidence = [
    text('The settings are complete', 'Les réglages sont complets'),
    text('The connection was tested', 'La connexion a été testée'),
    text('An operation succeeded', 'Une opération a réussi'),
    text('A verified webhook arrived', 'Un webhook vérifié est arrivé'),
    text('A flow used this module', 'Un flux a utilisé ce module'),
    text('The quota plan is current', 'Le forfait est à jour'),
    text('Every check of the audit passed', 'Tous les contrôles de l’audit ont réussi'),
  ];
  return {
    port,
    title,
    adapter: shape.state === 'degraded' ? (shape.chain[1] ?? '') : (shape.chain[0] ?? ''),
    chain: shape.chain,
    policy: shape.policy,
    state: shape.state,
    progress: {
      percent: shape.percent,
      evidence: evidence.map((one, at) => ({ text: one, done: at < Math.round((shape.percent * 7) / 100) })),
    },
    calls24h: shape.calls,
    errors24h: shape.errors,
  };
}

const flows: readonly FlowView[] = [
  {
    id: 'payment-receipt',
    title: text('Receipt for a payment', 'Reçu de paiement'),
    trigger: { kind: 'event', type: 'payment.succeeded' },
    steps: [
      { id: 'record-payment', title: text('Record the payment', 'Enregistrer le paiement'), uses: null },
      { id: 'send-receipt', title: text('Send the receipt', 'Envoyer le reçu'), uses: 'email.send' },
    ],
    emits: ['receipt.sent'],
    counts: { waiting: 0, running: 1, deferred: 6, succeeded: 1180, failed: 4, parked: 2, cancelled: 0 },
  },
  {
    id: 'quota-digest',
    title: text('Daily digest of quotas', 'Bilan quotidien des quotas'),
    trigger: { kind: 'schedule', cron: '0 7 * * *' },
    steps: [
      { id: 'gather', title: text('Gather the figures', 'Réunir les chiffres'), uses: null },
      { id: 'send', title: text('Send the digest', 'Envoyer le bilan'), uses: 'email.send' },
    ],
    emits: [],
    counts: { waiting: 0, running: 0, deferred: 0, succeeded: 12, failed: 0, parked: 0, cancelled: 1 },
  },
];

const node = (id: string, kind: Overview['nodes'][number]['kind'], en: string, fr = en) => ({
  id,
  kind,
  title: text(en, fr),
});
const edge = (from: string, to: string, kind: Overview['edges'][number]['kind'], label: string) => ({
  from,
  to,
  kind,
  label,
});

export function scene(settings: PlatformSettings[], quotas: readonly QuotaView[]): Scene {
  const runs = seq(64).map(run);
  const events = seq(90).map((at) => ({
    ...event(at),
    runs: runs.filter((one) => one.eventId === `e${at}`),
  }));
  return {
    quotas,
    settings,
    flows,
    runs,
    events,
    deliveries: seq(130).map(delivery),
    mails: seq(34).map(mail),
    overview: {
      version: '0.1.0',
      startedAt: ago(93_000),
      database: { kind: 'embedded', version: '18.1', sizeBytes: 48_400_000 },
      modules,
      platforms: settings.map(({ id, title, state, ports }) => ({ id, title, state, ports })),
      nodes: [
        node('platform:stripe', 'platform', 'Stripe'),
        node('platform:resend', 'platform', 'Resend'),
        node('event:payment.succeeded', 'event', 'payment.succeeded'),
        node('event:email.delivered', 'event', 'email.delivered'),
        node('flow:payment-receipt', 'flow', 'Receipt for a payment', 'Reçu de paiement'),
        node('flow:quota-digest', 'flow', 'Daily digest of quotas', 'Bilan quotidien des quotas'),
        node('module:email', 'module', 'E-mail'),
        node('event:receipt.sent', 'event', 'receipt.sent'),
      ],
      edges: [
        edge('platform:stripe', 'event:payment.succeeded', 'webhook', 'webhook'),
        edge('platform:resend', 'event:email.delivered', 'webhook', 'webhook'),
        edge('event:payment.succeeded', 'flow:payment-receipt', 'trigger', 'triggers'),
        edge('flow:payment-receipt', 'module:email', 'call', 'email.send'),
        edge('flow:quota-digest', 'module:email', 'call', 'email.send'),
        edge('flow:payment-receipt', 'event:receipt.sent', 'emit', 'emits'),
      ],
      counts: { deliveries24h: 1284, events24h: 2467, runs24h: 1193, failedRuns: 4, parkedRuns: 2 },
    },
  };
}
