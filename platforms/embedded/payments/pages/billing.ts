import { type CustomerRow, customerRow } from '../catalogue.ts';
import { theRow, transact, type Vendor, workOf } from '../context.ts';
import { type InvoiceRow, invoiceUrl } from '../invoices.ts';
import { portalRow } from '../portal.ts';
import { type SubscriptionRow, setCancelAtPeriodEnd, subscriptionRow } from '../subscriptions.ts';
import { type Html, html } from './html.ts';
import { day, money, page, seeOther, type Visit } from './layout.ts';

interface RunningRow extends SubscriptionRow {
  readonly name: string;
  readonly amount_minor: number;
  readonly currency: string;
  readonly interval: 'day' | 'week' | 'month' | 'year';
}

/** `/portal/<token>`: what a customer has, pays and has paid. */
export async function showPortal(vendor: Vendor, visit: Visit, token: string): Promise<Response> {
  const work = workOf(vendor.host);
  const portal = await portalRow(work, token);
  const customer = await customerRow(work, portal.customer_id);
  const subscriptions = await work.sql.query<RunningRow>(
    `select subscription.*, product.name, price.amount_minor, price.currency, price.interval
     from socle_embedded.payment_subscriptions subscription
     join socle_embedded.payment_prices price on price.id = price_id
     join socle_embedded.payment_products product on product.id = product_id
     where customer_id = $1 order by subscription.created_at desc`,
    [customer.id],
  );
  const invoices = await work.sql.query<InvoiceRow>(
    'select * from socle_embedded.payment_invoices where customer_id = $1 order by sequence desc limit 100',
    [customer.id],
  );
  const { t } = visit;
  return page(
    visit,
    { title: t.billing, isNarrow: false },
    html`<h1>${t.billing}</h1><p class="soft">${customer.name ?? customer.email} · <a href="${portal.return_url}">${t.backTo(new URL(portal.return_url).host)}</a></p>
<section class="panel"><h2>${t.subscriptions}</h2>${subscriptions.length > 0 ? subscriptions.map((row) => subscriptionRowHtml(visit, row)) : html`<p class="soft">${t.noSubscriptions}</p>`}</section>
<section class="panel"><h2>${t.paymentMethod}</h2>${cardHtml(visit, customer)}</section>
<section class="panel"><h2>${t.invoices}</h2>${invoices.length > 0 ? invoicesHtml(visit, invoices, work.pagesUrl) : html`<p class="soft">${t.noInvoices}</p>`}</section>`,
  );
}

/** Cancel at the period's end, or keep after all. Only what belongs to the page's customer. */
export async function changeSubscription(vendor: Vendor, visit: Visit, token: string): Promise<Response> {
  const form = await visit.request.formData();
  await transact(vendor, async (work) => {
    const portal = await portalRow(work, token);
    const row = await subscriptionRow(work, String(form.get('subscription') ?? ''), 'for update');
    await theRow(Promise.resolve(row.customer_id === portal.customer_id ? [row] : []), 'subscription');
    const wanted = form.get('action') === 'cancel';
    if (row.state !== 'cancelled' && row.cancel_at_period_end !== wanted) {
      await setCancelAtPeriodEnd(work, row, wanted);
    }
  });
  return seeOther(visit);
}

function subscriptionRowHtml(visit: Visit, row: RunningRow): Html {
  const { t } = visit;
  const amount = money(visit, row.amount_minor * row.quantity, row.currency);
  const end = day(visit, row.period_end);
  const runs = row.state === 'active' || row.state === 'past_due';
  const when = row.cancel_at_period_end ? t.ends(end) : t.renews(end);
  return html`<div class="row"><div><strong>${row.name}</strong> <span class="badge${row.state === 'active' ? '' : row.state === 'cancelled' ? ' quiet' : ' warn'}">${t.states[row.state]}</span>
<div class="soft small">${amount} ${t.per[row.interval]}${runs ? ` · ${when}` : ''}</div>${runs && !row.cancel_at_period_end ? html`<div class="soft small">${t.cancelNote}</div>` : null}</div>
${runs ? html`<form method="post"><input type="hidden" name="subscription" value="${row.id}"><button class="plain" name="action" value="${row.cancel_at_period_end ? 'resume' : 'cancel'}">${row.cancel_at_period_end ? t.resume : t.cancel}</button></form>` : null}</div>`;
}

function cardHtml(visit: Visit, { card }: CustomerRow): Html {
  const { t, url } = visit;
  const expiry = card ? `${String(card.expMonth).padStart(2, '0')} / ${card.expYear}` : '';
  const lang = url.searchParams.has('lang') ? `?lang=${visit.language}` : '';
  return html`<div class="row"><div>${card ? html`<strong>${card.brand} •••• ${card.last4}</strong><div class="soft small">${t.expires(expiry)}</div>` : html`<span class="soft">${t.noCard}</span>`}</div>
<a class="button plain" href="${url.pathname}/card${lang}">${t.updateCard}</a></div>`;
}

function invoicesHtml(visit: Visit, rows: readonly InvoiceRow[], pagesUrl: string): Html {
  const { t } = visit;
  return html`<div class="scroll"><table><thead><tr><th scope="col">${t.invoice}</th><th scope="col">${t.date}</th><th scope="col">${t.status}</th><th scope="col" class="num">${t.amount}</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><td class="keep"><a href="${invoiceUrl(pagesUrl, row)}?lang=${visit.language}">${row.number}</a></td><td>${day(visit, row.created_at, 'medium')}</td><td>${t.states[row.state]}</td><td class="num">${money(visit, row.total_minor, row.currency)}</td></tr>`)}</tbody></table></div>`;
}
