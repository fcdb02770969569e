import { type Host, isSocleError } from '@socle/kernel';
import type { Vendor } from './context.ts';
import { createOutbox } from './outbox.ts';
import { changeSubscription, showPortal } from './pages/billing.ts';
import { showInvoice } from './pages/invoice.ts';
import { notice, type Visit, visitOf } from './pages/layout.ts';
import { type FindPayable, showPayable, takeCard } from './pages/pay.ts';
import { findCheckout, findInvoice, findPayment, findSavedCard } from './pages/payables.ts';

const PATH = /^\/embedded\/pay\/(checkout|payment|invoice|portal)\/([\w-]+)(\/card)?$/;

/** The vendor's own pages under `/embedded/pay/`. Undefined: not one of them. */
export function createPaymentPages(host: Host): (request: Request) => Promise<Response | undefined> {
  const vendor: Vendor = { host, outbox: createOutbox(host) };
  return async (request) => {
    const visit = visitOf(request);
    if (!visit.url.pathname.startsWith('/embedded/pay/')) return undefined;
    const { t } = visit;
    try {
      return (await answer(vendor, visit)) ?? missing(visit);
    } catch (thrown) {
      if (!isSocleError(thrown)) throw thrown;
      if (thrown.code === 'not_found') return missing(visit);
      // two tabs paid the same: the second finds it done
      if (thrown.code !== 'precondition_failed') throw thrown;
      return notice(visit, { title: t.closedTitle, note: t.doneNote, status: 409 });
    }
  };
}

async function answer(vendor: Vendor, visit: Visit): Promise<Response | undefined> {
  const [, kind = '', token = '', card] = PATH.exec(visit.url.pathname) ?? [];
  const { method } = visit.request;
  if (kind === '' || (card && kind !== 'portal')) return undefined;
  const isRead = method === 'GET' || method === 'HEAD';
  if (!isRead && method !== 'POST')
    return new Response(null, { status: 405, headers: { allow: 'GET, POST' } });
  if (!isRead && !isOwnForm(vendor.host, visit)) {
    return notice(visit, { title: visit.t.forbiddenTitle, note: visit.t.forbiddenNote, status: 403 });
  }
  if (kind === 'portal' && !card) {
    return isRead ? showPortal(vendor, visit, token) : changeSubscription(vendor, visit, token);
  }
  if (kind === 'invoice' && isRead) return showInvoice(vendor, visit, token);
  const find = payable(visit, kind, token);
  return isRead ? showPayable(vendor, visit, find) : takeCard(vendor, visit, find);
}

function payable(visit: Visit, kind: string, token: string): FindPayable {
  if (kind === 'checkout') return findCheckout(token);
  if (kind === 'payment') return findPayment(token);
  if (kind === 'invoice') return findInvoice(token);
  const lang = visit.url.searchParams.has('lang') ? `?lang=${visit.language}` : '';
  return findSavedCard(token, `${visit.url.origin}/embedded/pay/portal/${token}${lang}`);
}

/** The pages use no cookie, their address is the key; the check keeps other sites from sending cards into them. */
function isOwnForm(host: Host, { request, url }: Visit): boolean {
  const origin = request.headers.get('origin');
  if (origin === null) return request.headers.get('sec-fetch-site') === 'same-origin';
  const { publicBaseUrl, selfBaseUrl } = host.local();
  return [url.origin, new URL(publicBaseUrl).origin, new URL(selfBaseUrl).origin].includes(origin);
}

function missing(visit: Visit): Response {
  return notice(visit, { title: visit.t.missingTitle, note: visit.t.missingNote, status: 404 });
}
