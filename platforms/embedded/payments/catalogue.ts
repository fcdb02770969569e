import type { payments } from '@socle/port-payments';
import type { z } from 'zod';
import type { Card } from './cards.ts';
import { newId, refuse, theRow, type Work } from './context.ts';
import { emit } from './outbox.ts';
import { endSubscriptionsOf } from './subscriptions.ts';

type Operations = (typeof payments)['operations'];
export type In<Name extends keyof Operations> = z.output<Operations[Name]['input']>;
export type Out<Name extends keyof Operations> = z.input<Operations[Name]['output']>;

export interface CustomerRow {
  readonly id: string;
  readonly email: string | null;
  readonly name: string | null;
  readonly card: Card | null;
  readonly created_at: Date;
  readonly deleted_at: Date | null;
}

export async function createCustomer(
  work: Work,
  input: In<'createCustomer'>,
): Promise<Out<'createCustomer'>> {
  const { sql, now } = work;
  const id = newId('cus');
  const { email, name = null, metadata = {} } = input;
  await sql.query(
    `insert into socle_embedded.payment_customers (id, email, name, metadata, created_at) values ($1, $2, $3, $4, $5)`,
    [id, email, name, JSON.stringify(metadata), now],
  );
  await emit(work, 'customer.created', { id: `${id}:created`, subject: id, data: { customerId: id, email } });
  return { customerId: id, email, name, createdAt: now.toISOString() };
}

/** `not_found` for a deleted one too. */
export async function customerRow({ sql }: Work, id: string): Promise<CustomerRow> {
  const row = await theRow(
    sql.query<CustomerRow>('select * from socle_embedded.payment_customers where id = $1', [id]),
    `customer ${id}`,
  );
  if (row.deleted_at) throw refuse('not_found', `customer ${id} was deleted`);
  return row;
}

export async function getCustomer(
  work: Work,
  { customerId }: In<'getCustomer'>,
): Promise<Out<'getCustomer'>> {
  const { email, name, created_at } = await customerRow(work, customerId);
  return { customerId, email, name, createdAt: created_at.toISOString() };
}

/** Erases who it was and ends what runs; payments and invoices stay, as bookkeeping asks. */
export async function deleteCustomer(
  work: Work,
  { customerId }: In<'deleteCustomer'>,
): Promise<Out<'deleteCustomer'>> {
  await endSubscriptionsOf(work, customerId);
  await theRow(
    work.sql.query(
      `update socle_embedded.payment_customers
       set email = null, name = null, card = null, metadata = '{}', deleted_at = coalesce(deleted_at, $2)
       where id = $1 returning id`,
      [customerId, work.now],
    ),
    `customer ${customerId}`,
  );
  return { customerId };
}

export async function createProduct(
  { sql, now }: Work,
  { name, description, metadata = {} }: In<'createProduct'>,
): Promise<Out<'createProduct'>> {
  const id = newId('prod');
  await sql.query(
    `insert into socle_embedded.payment_products (id, name, description, metadata, created_at) values ($1, $2, $3, $4, $5)`,
    [id, name, description ?? null, JSON.stringify(metadata), now],
  );
  return { productId: id, name, active: true };
}

export async function createPrice(
  { sql, now }: Work,
  { productId, amountMinor, currency, interval }: In<'createPrice'>,
): Promise<Out<'createPrice'>> {
  await theRow(
    sql.query('select id from socle_embedded.payment_products where id = $1', [productId]),
    `product ${productId}`,
  );
  const priceId = newId('price');
  await sql.query(
    `insert into socle_embedded.payment_prices (id, product_id, amount_minor, currency, interval, created_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [priceId, productId, amountMinor, currency, interval ?? null, now],
  );
  return { priceId, productId, amountMinor, currency, interval: interval ?? null };
}

export interface PriceRow {
  readonly id: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly interval: 'day' | 'week' | 'month' | 'year' | null;
  /** Of its product. */
  readonly name: string;
}

export function priceRow({ sql }: Work, id: string): Promise<PriceRow> {
  return theRow(
    sql.query<PriceRow>(
      `select price.id, amount_minor, currency, price.interval, product.name
       from socle_embedded.payment_prices price join socle_embedded.payment_products product on product.id = product_id
       where price.id = $1`,
      [id],
    ),
    `price ${id}`,
  );
}
