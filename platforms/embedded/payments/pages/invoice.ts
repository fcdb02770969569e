import type { CustomerRow } from '../catalogue.ts';
import { theRow, type Vendor, workOf } from '../context.ts';
import type { InvoiceRow } from '../invoices.ts';
import { html } from './html.ts';
import { day, money, page, type Visit } from './layout.ts';
import { showPayable } from './pay.ts';
import { findInvoice } from './payables.ts';

/** `/invoice/<token>`: a page to pay while it is open, a printable document afterwards. */
export async function showInvoice(vendor: Vendor, visit: Visit, token: string): Promise<Response> {
  const { sql } = workOf(vendor.host);
  const row = await theRow(
    sql.query<InvoiceRow>('select * from socle_embedded.payment_invoices where token = $1', [token]),
    'invoice',
  );
  if (row.state === 'open') return showPayable(vendor, visit, findInvoice(token));
  const [customer] = await sql.query<CustomerRow>(
    'select * from socle_embedded.payment_customers where id = $1',
    [row.customer_id],
  );
  const { t } = visit;
  const amount = (minor: number): string => money(visit, minor, row.currency);
  return page(
    visit,
    { title: `${t.invoice} ${row.number}` },
    html`<article class="panel"><div class="row"><h1>${t.invoice} ${row.number}</h1><span class="badge${row.state === 'paid' ? '' : ' quiet'}">${t.states[row.state]}</span></div>
<dl><dt>${t.billedTo}</dt><dd>${[customer?.name, customer?.email].filter(Boolean).join(' · ')}</dd><dt>${t.issued}</dt><dd>${day(visit, row.created_at)}</dd>${row.paid_at ? html`<dt>${t.paidOn}</dt><dd>${day(visit, row.paid_at)}</dd>` : null}</dl>
<div class="scroll"><table><thead><tr><th scope="col">${t.item}</th><th scope="col" class="num">${t.amount}</th></tr></thead>
<tbody>${row.lines.map((line) => html`<tr><td>${line.name}<div class="soft small">${line.quantity} × ${amount(line.unitMinor)}</div></td><td class="num">${amount(line.quantity * line.unitMinor)}</td></tr>`)}</tbody>
<tfoot><tr><td>${t.total}</td><td class="num">${amount(row.total_minor)}</td></tr></tfoot></table></div></article>`,
  );
}
