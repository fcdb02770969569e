import { createHash, randomBytes } from 'node:crypto';
import { type Call, type ErrorCode, type Host, SocleError, type Sql } from '@socle/kernel';
import type { Outbox } from './outbox.ts';

/** What every operation of the embedded vendor works with. */
export interface Vendor {
  readonly host: Host;
  readonly outbox: Outbox;
}

/** One transaction at one moment. */
export interface Work {
  readonly sql: Sql;
  readonly now: Date;
  /** Where the vendor's own pages are: `<public URL>/embedded/pay`. */
  readonly pagesUrl: string;
}

export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

/** Not guessable: whoever has it may act. */
export function newToken(): string {
  return randomBytes(24).toString('base64url');
}

/** The error of a call that changed nothing. */
export function refuse(code: ErrorCode, message: string): SocleError {
  return new SocleError(code, message, { applied: 'no' });
}

/** Runs `work` in one transaction, then sends the facts that it made. */
export async function transact<Out>(vendor: Vendor, work: (work: Work) => Promise<Out>): Promise<Out> {
  const { sql } = vendor.host.local();
  const out = await sql.transaction((inside) => work(workOf(vendor.host, inside)));
  vendor.outbox.kick();
  return out;
}

/** For reads: no transaction. */
export function workOf(host: Host, sql: Sql = host.local().sql): Work {
  return { sql, now: host.clock.now(), pagesUrl: `${host.local().publicBaseUrl}/embedded/pay` };
}

/**
 * Natural idempotency: the key is taken in the transaction that has the effect, so a repeated call finds
 * either nothing or the whole answer. A twin running at the same moment waits for the first.
 */
export function once<Out extends object>(
  vendor: Vendor,
  asked: { readonly operation: string; readonly input: unknown; readonly call: Call },
  work: (work: Work) => Promise<Out>,
): Promise<Out> {
  const { operation, input, call } = asked;
  const fingerprint = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  const key = [operation, call.idempotencyKey];
  return transact(vendor, async (inside) => {
    const taken = await inside.sql.query(
      `insert into socle_embedded.payment_keys (operation, key, fingerprint) values ($1, $2, $3)
       on conflict do nothing returning key`,
      [...key, fingerprint],
    );
    if (taken.length === 0) {
      const [known] = await inside.sql.query<{ fingerprint: string; result: Out }>(
        'select fingerprint, result from socle_embedded.payment_keys where operation = $1 and key = $2',
        key,
      );
      if (known?.fingerprint === fingerprint) return known.result;
      throw refuse('conflict', `the idempotency key was used with other parameters for ${operation}`);
    }
    const result = await work(inside);
    await inside.sql.query(
      'update socle_embedded.payment_keys set result = $3 where operation = $1 and key = $2',
      [...key, JSON.stringify(result)],
    );
    return result;
  });
}

/** The one row, or `not_found`. */
export async function theRow<Row extends object>(rows: Promise<readonly Row[]>, what: string): Promise<Row> {
  const [row] = await rows;
  if (!row) throw refuse('not_found', `no such ${what}`);
  return row;
}
