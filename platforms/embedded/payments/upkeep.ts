import type { Host, Upkeep } from '@socle/kernel';
import { customerRow, priceRow } from './catalogue.ts';
import { transact, type Vendor, type Work } from './context.ts';
import { addInvoice, payInvoice } from './invoices.ts';
import { createOutbox } from './outbox.ts';
import { end, type SubscriptionRow, turn } from './subscriptions.ts';

export const paymentUpkeep: readonly Upkeep<object>[] = [
  { everySeconds: 15, run: async (_settings, host, signal) => createOutbox(host).deliver(signal) },
  { everySeconds: 60, run: async (_settings, host, signal) => renewSubscriptions(host, signal) },
];

/** Bills or ends every subscription whose period has passed, one transaction each: a crash repeats none. */
export async function renewSubscriptions(host: Host, signal: AbortSignal): Promise<void> {
  const vendor: Vendor = { host, outbox: createOutbox(host) };
  const stuck: string[] = [];
  for (let isMore = true; isMore && !signal.aborted; ) {
    let id = '';
    const seen = (found: string): void => {
      id = found;
    };
    isMore = await transact(vendor, (work) => renewOne(work, { stuck, seen })).catch((thrown: unknown) => {
      // one that cannot be renewed must not hold up the others
      if (id === '') throw thrown;
      host.log.error({ subscription: id, error: String(thrown) }, 'a subscription could not be renewed');
      stuck.push(id);
      return true;
    });
  }
  await vendor.outbox.idle();
}

/** False when none is due. Several workers take different ones. */
async function renewOne(
  work: Work,
  { stuck, seen }: { stuck: readonly string[]; seen: (id: string) => void },
): Promise<boolean> {
  const [row] = await work.sql.query<SubscriptionRow>(
    `select * from socle_embedded.payment_subscriptions
     where id <> all($2) and ((state in ('active', 'past_due') and period_end <= $1)
        or (state = 'incomplete' and created_at <= $1::timestamptz - interval '23 hours'))
     order by period_end limit 1 for update skip locked`,
    [work.now, stuck],
  );
  if (!row) return false;
  seen(row.id);
  // A first payment that never came, a wish to leave, or a whole period left unpaid: it ends.
  if (row.state !== 'active' || row.cancel_at_period_end) {
    await end(work, row);
    return true;
  }
  const turned = await turn(work, row);
  const { card } = await customerRow(work, row.customer_id);
  const price = await priceRow(work, row.price_id);
  const lines = [{ name: price.name, quantity: row.quantity, unitMinor: price.amount_minor }];
  await payInvoice(work, await addInvoice(work, turned, lines), { card, outcome: card?.laterOutcome });
  return true;
}
