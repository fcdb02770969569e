import { customerRow, type In, type Out, type PriceRow, priceRow } from './catalogue.ts';
import { newId, newToken, refuse, theRow, type Work } from './context.ts';
import { type Line, totalOf } from './invoices.ts';

export interface CheckoutRow {
  readonly id: string;
  readonly token: string;
  readonly mode: 'payment' | 'subscription';
  readonly items: readonly { readonly priceId: string; readonly quantity: number }[];
  readonly amount_minor: number;
  readonly currency: string;
  readonly success_url: string;
  readonly cancel_url: string;
  readonly customer_id: string | null;
  readonly customer_email: string | null;
  readonly metadata: Record<string, string>;
  readonly state: 'open' | 'complete';
  readonly payment_id: string | null;
  readonly subscription_id: string | null;
  readonly expires_at: Date;
}

const DAY_MS = 86_400_000;

export async function createCheckout(
  work: Work,
  input: In<'createCheckout'>,
): Promise<Out<'createCheckout'>> {
  const { mode, items, successUrl, cancelUrl, customerId, customerEmail, metadata = {} } = input;
  if (customerId !== undefined) await customerRow(work, customerId);
  const prices = await pricesOf(work, items);
  const recurring = prices.filter(({ price }) => price.interval !== null);
  if (recurring.length !== (mode === 'payment' ? 0 : 1)) {
    throw refuse(
      'invalid_argument',
      mode === 'payment'
        ? 'mode payment takes one-off prices'
        : 'mode subscription takes exactly one recurring price',
    );
  }
  const [first] = prices;
  if (prices.some(({ price }) => price.currency !== first?.price.currency)) {
    throw refuse('invalid_argument', 'all prices of a checkout must have one currency');
  }
  const total = totalOf(linesOf(prices));
  if (mode === 'payment' && total === 0) throw refuse('invalid_argument', 'there is nothing to pay');
  const [row] = await work.sql.query<CheckoutRow>(
    `insert into socle_embedded.payment_checkouts
       (id, token, mode, items, amount_minor, currency, success_url, cancel_url, customer_id, customer_email, metadata, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning *`,
    [
      newId('cs'),
      newToken(),
      mode,
      JSON.stringify(items),
      total,
      first?.price.currency,
      successUrl,
      cancelUrl,
      customerId ?? null,
      customerEmail ?? null,
      JSON.stringify(metadata),
      work.now,
      new Date(work.now.getTime() + DAY_MS),
    ],
  );
  if (!row) throw refuse('internal', 'a checkout was not written');
  return toCheckout(work, row);
}

export async function getCheckout(
  work: Work,
  { checkoutId }: In<'getCheckout'>,
): Promise<Out<'getCheckout'>> {
  const rows = work.sql.query<CheckoutRow>('select * from socle_embedded.payment_checkouts where id = $1', [
    checkoutId,
  ]);
  return toCheckout(work, await theRow(rows, `checkout ${checkoutId}`));
}

/** What the payer sees: one line an item. */
export async function checkoutLines(work: Work, row: CheckoutRow): Promise<readonly Line[]> {
  return linesOf(await pricesOf(work, row.items));
}

export function stateOf({ now }: Work, row: CheckoutRow): 'open' | 'complete' | 'expired' {
  return row.state === 'open' && row.expires_at <= now ? 'expired' : row.state;
}

export interface PricedItem {
  readonly price: PriceRow;
  readonly quantity: number;
}

export async function pricesOf(work: Work, items: CheckoutRow['items']): Promise<readonly PricedItem[]> {
  const found: PricedItem[] = [];
  for (const { priceId, quantity } of items) found.push({ price: await priceRow(work, priceId), quantity });
  return found;
}

export function linesOf(items: readonly PricedItem[]): readonly Line[] {
  return items.map(({ price, quantity }) => ({ name: price.name, quantity, unitMinor: price.amount_minor }));
}

function toCheckout(work: Work, row: CheckoutRow): Out<'createCheckout'> {
  const state = stateOf(work, row);
  return {
    checkoutId: row.id,
    url: state === 'open' ? `${work.pagesUrl}/checkout/${row.token}` : null,
    state,
    paymentId: row.mode === 'payment' && state === 'complete' ? row.payment_id : null,
    subscriptionId: row.subscription_id,
    customerId: row.customer_id,
  };
}
