import { randomBytes } from 'node:crypto';
import { type EventDraft, type Host, type Sql, signWebhook } from '@socle/kernel';
import type { paymentEvents } from '@socle/port-payments';
import type { z } from 'zod';
import { scheme } from './webhook.ts';

type EventName = keyof typeof paymentEvents;

/** Writes a fact into the outbox, in the transaction that makes it true. The same id is written once. */
export async function emit<Name extends EventName>(
  { sql, now }: { sql: Sql; now: Date },
  type: Name,
  fact: {
    readonly id: string;
    readonly subject: string;
    readonly data: z.input<(typeof paymentEvents)[Name]>;
  },
): Promise<void> {
  const draft: EventDraft = { type, time: now, ...fact };
  await sql.query(
    `insert into socle_embedded.payment_events (id, type, body, created_at, next_attempt_at)
     values ($1, $2, $3, $4, $4) on conflict (id) do nothing`,
    [fact.id, type, JSON.stringify(draft), now],
  );
}

/** The signing secret of this installation, made at its first use. */
export async function signingSecret(sql: Sql): Promise<string> {
  const [row] = await sql.query<{ webhook_secret: string }>(
    `insert into socle_embedded.payment_installation (webhook_secret) values ($1)
     on conflict (id) do update set id = true returning webhook_secret`,
    [`whsec_${randomBytes(32).toString('base64')}`],
  );
  return row?.webhook_secret ?? '';
}

export interface Outbox {
  /** Sends what waits, without holding the caller. */
  kick(): void;
  /** Sends what is due; resolves when all of it was tried once. */
  deliver(signal?: AbortSignal): Promise<void>;
  /** Resolves when nothing is being sent. */
  idle(): Promise<void>;
}

/** Sends facts as signed Standard Webhooks to this installation's own inbox, again until it takes them. */
export function createOutbox(host: Host): Outbox {
  let running: Promise<void> | undefined;
  let isAskedAgain = false;

  const loop = async (): Promise<void> => {
    do {
      isAskedAgain = false;
      await deliver(host);
    } while (isAskedAgain);
  };

  const kick = (): void => {
    isAskedAgain = true;
    running ??= loop()
      .catch((thrown: unknown) =>
        host.log.warn({ error: String(thrown) }, 'payment facts wait for the next delivery'),
      )
      .finally(() => {
        running = undefined;
        if (isAskedAgain) kick();
      });
  };

  return { kick, deliver: (signal) => deliver(host, signal), idle: async () => running };
}

interface Due {
  readonly id: string;
  readonly body: string;
}

async function deliver(host: Host, signal?: AbortSignal): Promise<void> {
  const { sql } = host.local();
  const secret = await signingSecret(sql);
  for (;;) {
    const due = await claim(sql, host.clock.now());
    if (due.length === 0) return;
    for (const one of due) await post(host, { ...one, secret, signal });
  }
}

/** Takes what is due and puts its next attempt off, so that a crash here delays it and loses nothing. */
async function claim(sql: Sql, now: Date): Promise<readonly Due[]> {
  const rows = await sql.query<Due & { sequence: string }>(
    `update socle_embedded.payment_events
     set attempts = attempts + 1, next_attempt_at = $1::timestamptz + least(15 * 2 ^ least(attempts, 10), 600) * interval '1 second'
     where sequence in (
       select sequence from socle_embedded.payment_events
       where delivered_at is null and next_attempt_at <= $1
       order by sequence limit 50 for update skip locked
     )
     returning sequence, id, body`,
    [now],
  );
  return rows.sort((a, b) => Number(a.sequence) - Number(b.sequence));
}

async function post(
  host: Host,
  { id, body, secret, signal }: Due & { secret: string; signal: AbortSignal | undefined },
): Promise<void> {
  const { sql, selfBaseUrl } = host.local();
  const url = `${selfBaseUrl}/webhook/embedded`;
  const now = host.clock.now();
  const signed = signWebhook(scheme, { body: new TextEncoder().encode(body), url }, secret, { id, now });
  const limit = AbortSignal.timeout(10_000);
  const response = await host
    .fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signed },
      body,
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
    .catch(() => undefined);
  await response?.body?.cancel();
  if (!response?.ok) {
    host.log.warn(
      { event: id, status: response?.status ?? null },
      'a payment fact was not taken; it is sent again',
    );
    return;
  }
  await sql.query('update socle_embedded.payment_events set delivered_at = $2 where id = $1', [id, now]);
}
