import { customerRow } from '../catalogue.ts';
import { type CheckoutRow, checkoutLines, stateOf } from '../checkout.ts';
import { payCheckout, saveCard } from '../checkout-payment.ts';
import { theRow } from '../context.ts';
import { charge, type PaymentRow } from '../intents.ts';
import { type InvoiceRow, payInvoice } from '../invoices.ts';
import { portalRow } from '../portal.ts';
import { money } from './layout.ts';
import type { FindPayable } from './pay.ts';

/** `/checkout/<token>` */
export const findCheckout =
  (token: string): FindPayable =>
  async (work, visit) => {
    const { t } = visit;
    const row = await theRow(
      work.sql.query<CheckoutRow>(
        'select * from socle_embedded.payment_checkouts where token = $1 for update',
        [token],
      ),
      'checkout',
    );
    const customer = row.customer_id ? await customerRow(work, row.customer_id) : undefined;
    const [recurring] = await work.sql.query<{ interval: 'day' | 'week' | 'month' | 'year' }>(
      'select price.interval from socle_embedded.payment_prices price where id = any($1) and price.interval is not null',
      [row.items.map((item) => item.priceId)],
    );
    const amount = money(visit, row.amount_minor, row.currency);
    const knownEmail = customer?.email ?? row.customer_email;
    const state = stateOf(work, row);
    return {
      title: row.mode === 'payment' ? t.payTitle : t.subscribeTitle,
      lines: await checkoutLines(work, row),
      total: { minor: row.amount_minor, currency: row.currency },
      per: recurring?.interval ?? null,
      action: row.mode === 'payment' ? t.pay(amount) : t.subscribe(amount),
      asksEmail: !knownEmail,
      knownEmail,
      back: row.cancel_url,
      after: row.success_url.replaceAll('{CHECKOUT_SESSION_ID}', row.id),
      ...(state === 'complete' ? { closed: { title: t.doneTitle, note: t.doneNote } } : {}),
      ...(state === 'expired' ? { closed: { title: t.expiredTitle, note: t.expiredNote, status: 410 } } : {}),
      settle: (card, email) => payCheckout(work, row, { card, email }),
    };
  };

/** `/payment/<client secret>`: stands in for the vendor's browser library. */
export const findPayment =
  (clientSecret: string): FindPayable =>
  async (work, visit) => {
    const { t } = visit;
    const row = await theRow(
      work.sql.query<PaymentRow>(
        'select * from socle_embedded.payment_intents where client_secret = $1 for update',
        [clientSecret],
      ),
      'payment',
    );
    const isOpen = row.state === 'pending' || row.state === 'failed';
    return {
      title: row.description ?? t.payTitle,
      lines: [],
      total: { minor: row.amount_minor, currency: row.currency },
      action: t.pay(money(visit, row.amount_minor, row.currency)),
      asksEmail: false,
      knownEmail: row.receipt_email,
      back: null,
      after: null,
      ...(isOpen ? {} : { closed: { title: t.doneTitle, note: t.doneNote } }),
      settle: (card) => charge(work, row, { card, outcome: card.outcome }),
    };
  };

/** `/invoice/<token>` while it is open. */
export const findInvoice =
  (token: string): FindPayable =>
  async (work, visit) => {
    const { t } = visit;
    const row = await theRow(
      work.sql.query<InvoiceRow>(
        'select * from socle_embedded.payment_invoices where token = $1 for update',
        [token],
      ),
      'invoice',
    );
    return {
      title: `${t.invoice} ${row.number}`,
      lines: row.lines,
      total: { minor: row.total_minor, currency: row.currency },
      action: t.pay(money(visit, row.total_minor, row.currency)),
      asksEmail: false,
      knownEmail: null,
      back: null,
      after: null,
      ...(row.state === 'open' ? {} : { closed: { title: t.closedTitle, note: t.closedNote } }),
      settle: async (card) => {
        const hasPaid = await payInvoice(work, row, { card, outcome: card.outcome });
        if (hasPaid) await saveCard(work, row.customer_id, card);
        return hasPaid;
      },
    };
  };

/** `/portal/<token>/card`: a card for the next invoices. */
export const findSavedCard =
  (token: string, portalUrl: string): FindPayable =>
  async (work, { t }) => {
    const { customer_id: customerId } = await portalRow(work, token);
    return {
      title: t.updateCard,
      lines: [],
      total: null,
      action: t.saveCard,
      asksEmail: false,
      knownEmail: null,
      back: portalUrl,
      after: portalUrl,
      settle: async (card) => {
        if (card.outcome !== 'succeeds') return false;
        await saveCard(work, customerId, card);
        return true;
      },
    };
  };
