import type { Card, Outcome } from './cards.ts';
import { customerRow, type In, type Out } from './catalogue.ts';
import { newId, newToken, refuse, theRow, type Work } from './context.ts';
import { emit } from './outbox.ts';

export interface PaymentRow {
  readonly id: string;
  readonly client_secret: string;
  readonly state: Out<'getPayment'>['state'];
  readonly amount_minor: number;
  readonly refunded_minor: number;
  readonly currency: string;
  readonly customer_id: string | null;
  readonly receipt_email: string | null;
  readonly description: string | null;
  readonly metadata: Record<string, string>;
  readonly attempts: number;
  readonly card: Card | null;
  readonly created_at: Date;
}

export interface NewPayment {
  readonly amountMinor: number;
  readonly currency: string;
  readonly customerId?: string | undefined;
  readonly receiptEmail?: string | null | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export async function addPayment({ sql, now }: Work, input: NewPayment): Promise<PaymentRow> {
  const { amountMinor, currency, customerId, receiptEmail, description, metadata = {} } = input;
  const [row] = await sql.query<PaymentRow>(
    `insert into socle_embedded.payment_intents
       (id, client_secret, state, amount_minor, currency, customer_id, receipt_email, description, metadata, created_at)
     values ($1, $2, 'pending', $3, $4, $5, $6, $7, $8, $9) returning *`,
    [
      newId('pay'),
      newToken(),
      amountMinor,
      currency,
      customerId ?? null,
      receiptEmail ?? null,
      description ?? null,
      JSON.stringify(metadata),
      now,
    ],
  );
  if (!row) throw refuse('internal', 'a payment was not written');
  return row;
}

export async function createPayment(work: Work, input: In<'createPayment'>): Promise<Out<'createPayment'>> {
  if (input.customerId !== undefined) await customerRow(work, input.customerId);
  const row = await addPayment(work, input);
  return { ...toPayment(row), clientSecret: row.client_secret };
}

/** `lock`: nobody else pays or refunds it meanwhile. */
export function paymentRow({ sql }: Work, id: string, lock: '' | 'for update' = ''): Promise<PaymentRow> {
  return theRow(
    sql.query<PaymentRow>(`select * from socle_embedded.payment_intents where id = $1 ${lock}`, [id]),
    `payment ${id}`,
  );
}

export async function getPayment(work: Work, { paymentId }: In<'getPayment'>): Promise<Out<'getPayment'>> {
  return toPayment(await paymentRow(work, paymentId));
}

/** Charges a card. A refusal is a fact too, so it is told and not thrown. */
export async function charge(
  work: Work,
  row: PaymentRow,
  { card, outcome }: { readonly card: Card; readonly outcome: Outcome },
): Promise<boolean> {
  const hasPaid = outcome === 'succeeds';
  const [after] = await work.sql.query<PaymentRow>(
    `update socle_embedded.payment_intents set state = $2, card = $3, attempts = attempts + 1
     where id = $1 and state <> 'succeeded' returning *`,
    [row.id, hasPaid ? 'succeeded' : 'failed', JSON.stringify(card)],
  );
  if (!after) throw refuse('precondition_failed', 'this payment was already made');
  const subject = row.id;
  const data = await factOf(work, after);
  if (hasPaid) await emit(work, 'payment.succeeded', { id: `${row.id}:succeeded`, subject, data });
  else {
    const id = `${row.id}:failed:${after.attempts}`;
    await emit(work, 'payment.failed', { id, subject, data: { ...data, reason: outcome } });
  }
  return hasPaid;
}

export async function refund(work: Work, { paymentId, amountMinor }: In<'refund'>): Promise<Out<'refund'>> {
  const row = await paymentRow(work, paymentId, 'for update');
  if (row.state !== 'succeeded')
    throw refuse('invalid_argument', 'only a payment that succeeded can be refunded');
  const left = row.amount_minor - row.refunded_minor;
  const amount = amountMinor ?? left;
  if (amount < 1 || amount > left) {
    throw refuse('invalid_argument', `only ${left} of ${row.amount_minor} ${row.currency} is left to refund`);
  }
  const refundId = newId('re');
  const refundedMinor = row.refunded_minor + amount;
  await work.sql.query(
    'insert into socle_embedded.payment_refunds (id, payment_id, amount_minor, created_at) values ($1, $2, $3, $4)',
    [refundId, paymentId, amount, work.now],
  );
  await work.sql.query('update socle_embedded.payment_intents set refunded_minor = $2 where id = $1', [
    paymentId,
    refundedMinor,
  ]);
  await emit(work, 'payment.refunded', {
    id: `${paymentId}:refunded:${refundedMinor}`,
    subject: paymentId,
    data: { ...(await factOf(work, row)), refundedMinor },
  });
  return { refundId, paymentId, amountMinor: amount, state: 'succeeded' };
}

async function factOf({ sql }: Work, row: PaymentRow) {
  const [customer] = await sql.query<{ email: string | null }>(
    'select email from socle_embedded.payment_customers where id = $1',
    [row.customer_id],
  );
  return {
    paymentId: row.id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    customerId: row.customer_id,
    email: row.receipt_email ?? customer?.email ?? null,
    description: row.description,
    metadata: row.metadata,
  };
}

function toPayment(row: PaymentRow): Out<'getPayment'> {
  return {
    paymentId: row.id,
    state: row.state,
    amountMinor: row.amount_minor,
    refundedMinor: row.refunded_minor,
    currency: row.currency,
    customerId: row.customer_id,
    createdAt: row.created_at.toISOString(),
  };
}
