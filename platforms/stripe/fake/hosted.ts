import { payInvoice } from './billing.ts';
import { completeSession } from './checkout.ts';
import { Refusal, type State, type StripeObject } from './state.ts';

const CARDS: Readonly<Record<string, string>> = {
  '4242424242424242': 'pm_card_visa',
  '4000000000000002': 'pm_card_chargeDeclined',
  '4000000000009995': 'pm_card_chargeDeclinedInsufficientFunds',
};

export interface HostedAnswer {
  readonly status: number;
  readonly location?: string;
  readonly html?: string;
}

/** Stands for Stripe's hosted pages: a person with a browser can pay with a test card. */
export function hosted(state: State, request: { method: string; path: string; body: string }): HostedAnswer {
  const [, , kind = '', id = ''] = request.path.split('/');
  const object = { checkout: 'checkout.session', invoice: 'invoice', portal: 'billing_portal.session' }[kind];
  if (!object) return { status: 404, html: page('Not found', '') };
  const found = state.find(object, id);
  if (kind === 'portal') return { status: 200, html: page('Billing', back(found.return_url)) };
  if (request.method === 'GET') return { status: 200, html: page(title(found), form()) };
  const fields = new URLSearchParams(request.body);
  const method = CARDS[(fields.get('card') ?? '').replace(/\s/g, '')] ?? 'pm_card_chargeDeclined';
  try {
    if (kind === 'invoice') {
      const paid = payInvoice(state, found, method);
      return {
        status: paid ? 200 : 402,
        html: page(paid ? 'Paid' : 'Your card was declined.', paid ? '' : form()),
      };
    }
    completeSession(state, id, { method, email: fields.get('email') || 'payer@example.com' });
    const location = String(found.success_url).replaceAll('{CHECKOUT_SESSION_ID}', id);
    return { status: 303, location };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return { status: thrown.status, html: page(thrown.message, form()) };
  }
}

function title(found: StripeObject): string {
  return `Fake Stripe: ${String(found.amount_total ?? found.total)} ${String(found.currency).toUpperCase()}`;
}

function form(): string {
  return `<form method="post"><label>Email <input name="email" type="email"></label>
<label>Card <input name="card" value="4242 4242 4242 4242" inputmode="numeric"></label><button>Pay</button></form>`;
}

function back(url: unknown): string {
  return typeof url === 'string' ? `<a href="${escapeHtml(url)}">Return</a>` : '';
}

function page(heading: string, content: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Fake Stripe</title><h1>${escapeHtml(heading)}</h1>${content}</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);
}
