import type { Card, Outcome } from './cards.ts';
import type { In, Out } from './catalogue.ts';
import { newId, newToken, refuse, theRow, type Work } from './context.ts';
import { addPayment, charge } from './intents.ts';
import { emit } from './outbox.ts';
import { follow, type SubscriptionRow } from './subscriptions.ts';

export interface Line {
  readonly name: string;
  readonly quantity: number;
  readonly unitMinor: number;
}

export interface InvoiceRow {
  readonly id: string;
  readonly sequence: number;
  readonly number: string;
  readonly token: string;
  readonly customer_id: string;
  readonly subscription_id: string;
  readonly payment_id: string | null;
  readonly lines: readonly Line[];
  readonly state: 'open' | 'paid' | 'void';
  readonly total_minor: number;
  readonly currency: string;
  readonly period: number;
  readonly created_at: Date;
  readonly paid_at: Date | null;
}

/** The largest amount that the port carries. */
const MOST = 99_999_999;

export function totalOf(lines: readonly Line[]): number {
  const total = lines.reduce((sum, line) => sum + line.quantity * line.unitMinor, 0);
  if (total > MOST) throw refuse('invalid_argument', `the total ${total} is more than ${MOST}`);
  return total;
}

/** An open invoice for the subscription's present period. Numbers have no gap: the count is taken in the transaction. */
export async function addInvoice(
  { sql, now }: Work,
  subscription: SubscriptionRow,
  lines: readonly Line[],
): Promise<InvoiceRow> {
  const [row] = await sql.query<InvoiceRow>(
    `with counted as (
       insert into socle_embedded.payment_counters (name, value) values ('invoice', 1)
       on conflict (name) do update set value = payment_counters.value + 1 returning value
     )
     insert into socle_embedded.payment_invoices
       (id, sequence, number, token, customer_id, subscription_id, lines, state, total_minor, currency, period, created_at)
     select $1, value, 'INV-' || lpad(value::text, 6, '0'), $2, $3, $4, $5::jsonb, 'open', $6::integer,
       price.currency, $7::integer, $8::timestamptz
     from counted, socle_embedded.payment_prices price where price.id = $9 returning *`,
    [
      newId('inv'),
      newToken(),
      subscription.customer_id,
      subscription.id,
      JSON.stringify(lines),
      totalOf(lines),
      subscription.period,
      now,
      subscription.price_id,
    ],
  );
  if (!row) throw refuse('internal', 'an invoice was not written');
  return row;
}

/** Pays an open invoice and lets its subscription follow. Nothing to pay needs no card. */
export async function payInvoice(
  work: Work,
  invoice: InvoiceRow,
  { card, outcome }: { readonly card: Card | null; readonly outcome: Outcome | undefined },
): Promise<boolean> {
  const {
    id,
    customer_id: customerId,
    subscription_id: subscriptionId,
    total_minor: totalMinor,
    currency,
  } = invoice;
  const [customer] = await work.sql.query<{ email: string | null }>(
    'select email from socle_embedded.payment_customers where id = $1',
    [customerId],
  );
  const data = {
    invoiceId: id,
    customerId,
    subscriptionId,
    totalMinor,
    currency,
    email: customer?.email ?? null,
  };
  let paymentId: string | null = null;
  let hasPaid = totalMinor === 0;
  if (!hasPaid && card) {
    const description = invoice.number;
    const payment = await addPayment(work, { amountMinor: totalMinor, currency, customerId, description });
    paymentId = payment.id;
    hasPaid = await charge(work, payment, { card, outcome: outcome ?? card.outcome });
  }
  if (hasPaid) {
    await work.sql.query(
      `update socle_embedded.payment_invoices set state = 'paid', payment_id = $2, paid_at = $3 where id = $1`,
      [id, paymentId, work.now],
    );
    await emit(work, 'invoice.paid', { id: `${id}:paid`, subject: id, data });
  } else
    await emit(work, 'invoice.failed', { id: `${id}:failed:${paymentId ?? 'no-card'}`, subject: id, data });
  await follow(work, subscriptionId, hasPaid);
  return hasPaid;
}

export async function listInvoices(
  { sql, pagesUrl }: Work,
  { customerId, limit, cursor }: In<'listInvoices'>,
): Promise<Out<'listInvoices'>> {
  const rows = await sql.query<InvoiceRow>(
    `select * from socle_embedded.payment_invoices
     where customer_id = $1 and sequence < $2 order by sequence desc limit $3`,
    [customerId, before(cursor), limit + 1],
  );
  if (rows.length === 0) {
    const known = sql.query('select id from socle_embedded.payment_customers where id = $1', [customerId]);
    await theRow(known, `customer ${customerId}`);
  }
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    invoices: shown.map((row) => ({
      invoiceId: row.id,
      number: row.number,
      state: row.state,
      totalMinor: row.total_minor,
      currency: row.currency,
      createdAt: row.created_at.toISOString(),
      url: invoiceUrl(pagesUrl, row),
    })),
    ...(rows.length > limit && last ? { nextCursor: String(last.sequence) } : {}),
  };
}

export function invoiceUrl(pagesUrl: string, { token }: Pick<InvoiceRow, 'token'>): string {
  return `${pagesUrl}/invoice/${token}`;
}

function before(cursor: string | undefined): number {
  if (cursor === undefined) return 2_147_483_647;
  const sequence = Number(cursor);
  if (!Number.isInteger(sequence) || sequence < 1)
    throw refuse('invalid_argument', 'not a cursor of this list');
  return sequence;
}
