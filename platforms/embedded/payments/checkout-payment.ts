import type { Card } from './cards.ts';
import { createCustomer, customerRow } from './catalogue.ts';
import { type CheckoutRow, linesOf, pricesOf, stateOf } from './checkout.ts';
import { refuse, type Work } from './context.ts';
import { addPayment, charge, paymentRow } from './intents.ts';
import { addInvoice, payInvoice } from './invoices.ts';
import { emit } from './outbox.ts';
import { addSubscription } from './subscriptions.ts';

/** The payer gave a card. False when the bank refused: the checkout stays open for another. */
export async function payCheckout(
  work: Work,
  row: CheckoutRow,
  { card, email }: { readonly card: Card; readonly email: string | null },
): Promise<boolean> {
  if (stateOf(work, row) !== 'open') throw refuse('precondition_failed', 'this checkout is no longer open');
  const customerId = row.customer_id ?? (await newPayer(work, row, email));
  const paid =
    row.mode === 'payment'
      ? await payOnce(work, row, { card, customerId })
      : await subscribe(work, row, { card, customerId });
  const after = { ...row, ...paid.ids, customer_id: customerId };
  await work.sql.query(
    `update socle_embedded.payment_checkouts
     set customer_id = $2, payment_id = $3, subscription_id = $4, state = $5 where id = $1`,
    [row.id, customerId, after.payment_id, after.subscription_id, paid.ok ? 'complete' : 'open'],
  );
  if (!paid.ok) return false;
  const customer = await customerRow(work, customerId);
  await emit(work, 'checkout.completed', {
    id: `${row.id}:completed`,
    subject: row.id,
    data: {
      checkoutId: row.id,
      customerId,
      paymentId: row.mode === 'payment' ? after.payment_id : null,
      subscriptionId: after.subscription_id,
      email: customer.email,
      metadata: row.metadata,
    },
  });
  return true;
}

export function saveCard({ sql }: Work, customerId: string, card: Card): Promise<unknown> {
  return sql.query('update socle_embedded.payment_customers set card = $2 where id = $1', [
    customerId,
    JSON.stringify(card),
  ]);
}

interface Paying {
  readonly card: Card;
  readonly customerId: string;
}
interface Paid {
  readonly ok: boolean;
  readonly ids: { readonly payment_id?: string; readonly subscription_id?: string };
}

/** A refused try and the next one are attempts at one payment. */
async function payOnce(work: Work, row: CheckoutRow, { card, customerId }: Paying): Promise<Paid> {
  const { amount_minor: amountMinor, currency, metadata } = row;
  const payment = row.payment_id
    ? await paymentRow(work, row.payment_id, 'for update')
    : await addPayment(work, { amountMinor, currency, customerId, metadata });
  const ok = await charge(work, payment, { card, outcome: card.outcome });
  return { ok, ids: { payment_id: payment.id } };
}

/** A card is asked before anything is started, so a refused one leaves no half subscription. */
async function subscribe(work: Work, row: CheckoutRow, { card, customerId }: Paying): Promise<Paid> {
  const prices = await pricesOf(work, row.items);
  const recurring = prices.find(({ price }) => price.interval !== null);
  if (!recurring) throw refuse('internal', 'a subscription checkout without recurring price');
  if (card.outcome !== 'succeeds' && row.amount_minor > 0) {
    const { amount_minor: amountMinor, currency, metadata } = row;
    const payment = row.payment_id
      ? await paymentRow(work, row.payment_id, 'for update')
      : await addPayment(work, { amountMinor, currency, customerId, metadata });
    await charge(work, payment, { card, outcome: card.outcome });
    return { ok: false, ids: { payment_id: payment.id } };
  }
  await saveCard(work, customerId, card);
  const { price, quantity } = recurring;
  const subscription = await addSubscription(work, { customerId, price, quantity, metadata: row.metadata });
  const invoice = await addInvoice(work, subscription, linesOf(prices));
  const ok = await payInvoice(work, invoice, { card, outcome: card.outcome });
  return { ok, ids: { subscription_id: subscription.id } };
}

async function newPayer(work: Work, row: CheckoutRow, email: string | null): Promise<string> {
  const address = row.customer_email ?? email;
  if (!address) throw refuse('invalid_argument', 'an e-mail address is needed');
  return (await createCustomer(work, { email: address })).customerId;
}
