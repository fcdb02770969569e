import type {
  DeliveryDetail,
  EventDetail,
  MailDetail,
  RunDetail,
  RunState,
} from '../../server/console/contract.ts';

const now = Date.now();
export const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();
export const later = (seconds: number): string => ago(-seconds);
export const text = (en: string, fr: string) => ({ en, fr });
export const seq = (size: number): readonly number[] => Array.from({ length: size }, (_, at) => at);

const names = ['Ada Lovelace', 'Sophie Germain', 'Émilie du Châtelet', 'Grace Hopper', 'Alan Turing'];
const personOf = (at: number) => {
  const name = names[at % names.length] ?? 'Ada Lovelace';
  return {
    name,
    email: `${name.split(' ')[0]?.toLowerCase().normalize('NFD').replace(/\W/g, '')}@example.com`,
  };
};

const STATES: readonly RunState[] = [
  'running',
  'succeeded',
  'succeeded',
  'parked',
  'succeeded',
  'failed',
  'succeeded',
  'succeeded',
  'deferred',
  'succeeded',
];

export function delivery(at: number): DeliveryDetail {
  const type =
    [
      'payment_intent.succeeded',
      'checkout.session.completed',
      'customer.subscription.updated',
      'email.delivered',
    ][at % 4] ?? '';
  const platform = at % 4 === 3 ? 'resend' : 'stripe';
  const state = at === 0 ? 'received' : at % 11 === 5 ? 'failed' : at % 4 === 2 ? 'ignored' : 'processed';
  return {
    id: `d${at}`,
    platform,
    deliveryId:
      platform === 'stripe' ? `evt_1QkT${String(9_000 + at)}aVbX2c` : `msg_2Lh${String(40_000 + at)}KsT9`,
    type,
    state,
    receivedAt: ago(at * 47 + 3),
    processedAt: state === 'received' ? null : ago(at * 47 + 2.96),
    replays: at % 9 === 4 ? 1 : 0,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': `t=${Math.round(now / 1000)},v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd`,
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    },
    body: {
      id: `evt_1QkT${9_000 + at}aVbX2c`,
      object: 'event',
      type,
      livemode: false,
      data: {
        object: {
          id: `pi_3Q${at}`,
          amount: 4200 + at * 10,
          currency: 'eur',
          receipt_email: personOf(at).email,
          metadata: {},
        },
      },
    },
    error: state === 'failed' ? 'vendor_contract: data.object.amount is not a number' : null,
    events: state === 'processed' && at % 2 === 0 ? [event(at)] : [],
  };
}

export function event(at: number): EventDetail {
  const type = at % 2 === 0 ? 'payment.succeeded' : 'receipt.sent';
  return {
    id: `e${at}`,
    eventId: `${type}:pi_3Q${at}`,
    type,
    source: at % 2 === 0 ? '/platforms/stripe' : '/flows/payment-receipt',
    subject: `pi_3Q${at}`,
    time: ago(at * 61 + 4),
    data: {
      paymentId: `pi_3Q${at}`,
      amountMinor: 4200 + at * 10,
      currency: 'EUR',
      customer: personOf(at),
      metadata: {},
    },
    deliveryId: at % 2 === 0 ? `d${at}` : null,
    runs: [],
  };
}

export function run(at: number): RunDetail {
  const state = STATES[at % STATES.length] ?? 'succeeded';
  const started = at * 73 + 6;
  const isOver = state === 'succeeded' || state === 'failed';
  const wrong =
    state === 'parked'
      ? {
          code: 'outcome_unknown' as const,
          message: 'email.send: the connection broke after the request had left · check at smtp',
        }
      : state === 'failed'
        ? {
            code: 'misconfigured' as const,
            message: 'email.send: the API key is not valid · set RESEND_API_KEY',
          }
        : null;
  const last =
    state === 'succeeded' || state === 'failed' || state === 'parked' || state === 'running'
      ? state
      : 'waiting';
  return {
    id: `r${at}`,
    flow: at % 7 === 6 ? 'quota-digest' : 'payment-receipt',
    state,
    startedAt: ago(started),
    finishedAt: isOver ? ago(started - 0.412) : null,
    attempts: state === 'failed' ? 5 : 1,
    eventId: at % 7 === 6 ? null : `e${at}`,
    error: wrong,
    input: event(at).data,
    steps: [
      {
        id: 'record-payment',
        title: text('Record the payment', 'Enregistrer le paiement'),
        state: 'succeeded',
        attempts: 1,
        startedAt: ago(started),
        finishedAt: ago(started - 0.031),
        input: { paymentId: `pi_3Q${at}`, amountMinor: 4200 + at * 10, currency: 'EUR' },
        output: { rowId: 1200 + at },
        error: null,
      },
      {
        id: 'send-receipt',
        title: text('Send the receipt', 'Envoyer le reçu'),
        state: last,
        attempts: state === 'failed' ? 5 : 1,
        startedAt: last === 'waiting' ? null : ago(started - 0.04),
        finishedAt: isOver ? ago(started - 0.36) : null,
        input: { to: [personOf(at).email], subject: `Receipt for payment pi_3Q${at}` },
        output: last === 'succeeded' ? { messageId: `em_${at}`, acceptedAt: ago(started - 0.36) } : null,
        error: wrong,
      },
      {
        id: 'emit-receipt-sent',
        title: text('Tell that it was sent', 'Annoncer l’envoi'),
        state: last === 'succeeded' ? 'succeeded' : 'waiting',
        attempts: last === 'succeeded' ? 1 : 0,
        startedAt: last === 'succeeded' ? ago(started - 0.38) : null,
        finishedAt: last === 'succeeded' ? ago(started - 0.4) : null,
        input: null,
        output: last === 'succeeded' ? { type: 'receipt.sent' } : null,
        error: null,
      },
    ],
  };
}

export function mail(at: number): MailDetail {
  const { name, email } = personOf(at);
  const amount = ((4200 + at * 10) / 100).toFixed(2);
  const subject =
    at % 5 === 4
      ? `Réinitialisation de votre mot de passe, ${name}`
      : `Receipt for your payment of €${amount}`;
  return {
    id: `m${at}`,
    from: 'Atelier Nord <receipts@atelier-nord.example>',
    to: [`${name} <${email}>`],
    subject,
    receivedAt: ago(at * 97 + 12),
    state: at % 6 === 5 ? 'bounced' : 'delivered',
    attachmentCount: at % 3 === 0 ? 1 : 0,
    cc: at % 4 === 1 ? ['accounts@atelier-nord.example'] : [],
    bcc: [],
    text: `Hello ${name},\n\nthank you. We received your payment of €${amount}.\n\nPayment  pi_3Q${at}\nDate     ${ago(at * 97 + 12).slice(0, 10)}\n\nAtelier Nord`,
    hasHtml: true,
    headers: {
      'message-id': `<${at}.receipt@atelier-nord.example>`,
      date: new Date(now - at * 97_000).toUTCString(),
      'mime-version': '1.0',
      'content-type': 'multipart/alternative; boundary="socle-1"',
    },
    attachments:
      at % 3 === 0
        ? [{ filename: `receipt-pi_3Q${at}.pdf`, contentType: 'application/pdf', sizeBytes: 48_213 }]
        : [],
  };
}
