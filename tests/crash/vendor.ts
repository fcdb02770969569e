import { signWebhook, type WebhookScheme } from '@socle/kernel';

const SCHEME: WebhookScheme = { family: 'timestamped', header: 'stripe-signature', toleranceSeconds: 300 };
export const WEBHOOK_SECRET = 'whsec_crash';

/** A body as Stripe sends it when a payment has succeeded. */
export function paymentSucceeded(id: string): string {
  return JSON.stringify({
    id: `evt_${id}`,
    object: 'event',
    api_version: '2026-07-29.dahlia',
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type: 'payment_intent.succeeded',
    data: {
      object: {
        id: `pi_${id}`,
        object: 'payment_intent',
        amount: 1900,
        amount_received: 1900,
        currency: 'eur',
        customer: null,
        description: 'Pro plan',
        receipt_email: `${id}@example.com`,
        created: Math.floor(Date.now() / 1000),
        metadata: {},
        status: 'succeeded',
      },
    },
  });
}

/** Posts one delivery as the vendor does: the status, or undefined when nobody answered. */
export async function post(base: string, body: string): Promise<number | undefined> {
  const bytes = Buffer.from(body);
  const headers = signWebhook(SCHEME, { body: bytes, url: '' }, WEBHOOK_SECRET, { id: '', now: new Date() });
  try {
    const answer = await fetch(`${base}/webhook/stripe`, {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'application/json', ...headers },
      signal: AbortSignal.timeout(10_000),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return undefined;
  }
}

export interface Load {
  /** Payments whose delivery was acknowledged. */
  readonly acknowledged: ReadonlySet<string>;
  /** Sends nothing new, and repeats what was not acknowledged until it is. */
  finish(): Promise<void>;
}

/**
 * A vendor that keeps sending payments: repeats what was not acknowledged, repeats one in five that was, and
 * waits while more than `backlog` are acknowledged and not yet through.
 */
export function startLoad(options: {
  readonly bases: readonly string[];
  readonly senders: number;
  readonly backlog: number;
  readonly random: () => number;
  readonly through: () => number;
}): Load {
  const { bases, senders, backlog, random, through } = options;
  const acknowledged = new Set<string>();
  let serial = 0;
  let isOpen = true;

  const deliver = async (id: string): Promise<void> => {
    for (;;) {
      const base = bases[Math.floor(random() * bases.length)] ?? '';
      const status = await post(base, paymentSucceeded(id));
      if (status === 200) return void acknowledged.add(id);
      await pause(20 + random() * 60);
    }
  };
  const sender = async (): Promise<void> => {
    while (isOpen) {
      if (acknowledged.size - through() > backlog) {
        await pause(20);
        continue;
      }
      serial += 1;
      const id = `${serial}`;
      await deliver(id);
      if (random() < 0.2) await Promise.all([deliver(id), deliver(id)]);
    }
  };
  const all = Promise.all(Array.from({ length: senders }, sender));
  return {
    acknowledged,
    finish: async () => {
      isOpen = false;
      await all;
    },
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Mulberry32: a run that failed can be repeated by its seed. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
