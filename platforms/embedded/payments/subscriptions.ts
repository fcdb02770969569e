import { customerRow, type In, type Out, type PriceRow, priceRow } from './catalogue.ts';
import { newId, refuse, theRow, type Work } from './context.ts';
import { addInvoice, payInvoice } from './invoices.ts';
import { emit } from './outbox.ts';

export interface SubscriptionRow {
  readonly id: string;
  readonly customer_id: string;
  readonly price_id: string;
  readonly quantity: number;
  readonly metadata: Record<string, string>;
  readonly state: 'incomplete' | 'active' | 'past_due' | 'cancelled';
  readonly cancel_at_period_end: boolean;
  readonly period: number;
  readonly period_start: Date;
  readonly period_end: Date;
}

export interface NewSubscription {
  readonly customerId: string;
  readonly price: PriceRow;
  readonly quantity: number;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Ends of periods: counted from the anchor, in UTC, so that months of different length do not drift. */
const AFTER = (periods: string): string =>
  `((anchor at time zone 'UTC') + ${periods} * ('1 ' || price.interval)::interval) at time zone 'UTC'`;

export async function addSubscription({ sql, now }: Work, input: NewSubscription): Promise<SubscriptionRow> {
  const { customerId, price, quantity, metadata = {} } = input;
  if (!price.interval) throw refuse('invalid_argument', `price ${price.id} is paid once, not at an interval`);
  const [row] = await sql.query<SubscriptionRow>(
    `insert into socle_embedded.payment_subscriptions
       (id, customer_id, price_id, quantity, metadata, state, anchor, period_start, period_end, created_at)
     select $1, $2, price.id, $4::integer, $5::jsonb, 'incomplete', anchor, anchor, ${AFTER('1')}, anchor
     from socle_embedded.payment_prices price, (select $6::timestamptz as anchor) as moment where price.id = $3
     returning *`,
    [newId('sub'), customerId, price.id, quantity, JSON.stringify(metadata), now],
  );
  if (!row) throw refuse('internal', 'a subscription was not written');
  return row;
}

/** A saved card is charged at once; without one the first invoice waits, with a page to pay it. */
export async function createSubscription(
  work: Work,
  { customerId, priceId, quantity, metadata }: In<'createSubscription'>,
): Promise<Out<'createSubscription'>> {
  const { card } = await customerRow(work, customerId);
  const price = await priceRow(work, priceId);
  const row = await addSubscription(work, { customerId, price, quantity, metadata });
  const invoice = await addInvoice(work, row, [
    { name: price.name, quantity, unitMinor: price.amount_minor },
  ]);
  if (card || invoice.total_minor === 0)
    await payInvoice(work, invoice, { card, outcome: card?.laterOutcome });
  return getSubscription(work, { subscriptionId: row.id });
}

export function subscriptionRow(
  { sql }: Work,
  id: string,
  lock: '' | 'for update' = '',
): Promise<SubscriptionRow> {
  return theRow(
    sql.query<SubscriptionRow>(`select * from socle_embedded.payment_subscriptions where id = $1 ${lock}`, [
      id,
    ]),
    `subscription ${id}`,
  );
}

export async function getSubscription(
  work: Work,
  { subscriptionId }: In<'getSubscription'>,
): Promise<Out<'getSubscription'>> {
  return toSubscription(await subscriptionRow(work, subscriptionId));
}

export async function cancelSubscription(
  work: Work,
  { subscriptionId, atPeriodEnd }: In<'cancelSubscription'>,
): Promise<Out<'cancelSubscription'>> {
  const row = await subscriptionRow(work, subscriptionId, 'for update');
  if (row.state === 'cancelled') return toSubscription(row);
  if (!atPeriodEnd) return toSubscription(await end(work, row));
  return toSubscription(await setCancelAtPeriodEnd(work, row, true));
}

/** Also takes the wish to cancel back. */
export async function setCancelAtPeriodEnd(
  work: Work,
  row: SubscriptionRow,
  value: boolean,
): Promise<SubscriptionRow> {
  return change(work, row.id, { set: 'cancel_at_period_end = $2', value });
}

export async function end(work: Work, { id }: SubscriptionRow): Promise<SubscriptionRow> {
  const [row] = await work.sql.query<SubscriptionRow>(
    `update socle_embedded.payment_subscriptions set state = 'cancelled' where id = $1 returning *`,
    [id],
  );
  await work.sql.query(
    `update socle_embedded.payment_invoices set state = 'void' where subscription_id = $1 and state = 'open'`,
    [id],
  );
  if (!row) throw refuse('not_found', `no such subscription ${id}`);
  await emit(work, 'subscription.ended', { id: `${id}:ended`, subject: id, data: factOf(row) });
  return row;
}

export async function endSubscriptionsOf(work: Work, customerId: string): Promise<void> {
  const running = await work.sql.query<SubscriptionRow>(
    `select * from socle_embedded.payment_subscriptions
     where customer_id = $1 and state <> 'cancelled' order by id for update`,
    [customerId],
  );
  for (const row of running) await end(work, row);
}

/** Its invoice was paid, or was not. */
export async function follow(work: Work, id: string, hasPaid: boolean): Promise<void> {
  const before = await subscriptionRow(work, id, 'for update');
  const isFirst = before.state === 'incomplete';
  if (isFirst && !hasPaid) return;
  const state = hasPaid ? 'active' : 'past_due';
  if (before.state === state || before.state === 'cancelled') return;
  const row = await change(work, id, { set: 'state = $2', value: state, isTold: !isFirst });
  if (isFirst)
    await emit(work, 'subscription.started', { id: `${id}:started`, subject: id, data: factOf(row) });
}

/** Moves to the next period. */
export function turn(work: Work, { id }: SubscriptionRow): Promise<SubscriptionRow> {
  return change(work, id, {
    set: `period = subscription.period + $2::integer, period_start = period_end, period_end = ${AFTER('(subscription.period + 1)')}`,
    value: 1,
  });
}

async function change(
  work: Work,
  id: string,
  { set, value, isTold = true }: { set: string; value: unknown; isTold?: boolean },
): Promise<SubscriptionRow> {
  const row = await theRow(
    work.sql.query<SubscriptionRow>(
      `update socle_embedded.payment_subscriptions subscription set ${set}
       from socle_embedded.payment_prices price
       where subscription.id = $1 and price.id = price_id returning subscription.*`,
      [id, value],
    ),
    `subscription ${id}`,
  );
  const told = `${id}:changed:${newId('c')}`;
  if (isTold) await emit(work, 'subscription.changed', { id: told, subject: id, data: factOf(row) });
  return row;
}

function toSubscription(row: SubscriptionRow): Out<'getSubscription'> {
  const { metadata: _, ...rest } = factOf(row);
  return { ...rest, state: row.state };
}

function factOf(row: SubscriptionRow) {
  return {
    subscriptionId: row.id,
    customerId: row.customer_id,
    priceId: row.price_id,
    state: row.state,
    cancelAtPeriodEnd: row.cancel_at_period_end,
    currentPeriodEnd: row.period_end.toISOString(),
    metadata: row.metadata,
  };
}
