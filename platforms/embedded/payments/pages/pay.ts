import { z } from 'zod';
import { type Card, type CardField, type CardProblem, readCard } from '../cards.ts';
import { transact, type Vendor, type Work } from '../context.ts';
import type { Line } from '../invoices.ts';
import { type Html, html } from './html.ts';
import { money, notice, page, seeOther, type Visit } from './layout.ts';

/** Something that a person can give a card for: checkout, prepared payment, open invoice, saved card. */
export interface Payable {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly total: { readonly minor: number; readonly currency: string } | null;
  /** `month` when it comes again. */
  readonly per?: 'day' | 'week' | 'month' | 'year' | null;
  readonly action: string;
  readonly asksEmail: boolean;
  readonly knownEmail: string | null;
  readonly back: string | null;
  /** Where a paid person goes; null: this page says so itself. */
  readonly after: string | null;
  /** Not open: what to say instead of a form. */
  readonly closed?: { readonly title: string; readonly note: string; readonly status?: number };
  settle(card: Card, email: string | null): Promise<boolean>;
}

/** Finds it in the given transaction and locks it; throws `not_found`. */
export type FindPayable = (work: Work, visit: Visit) => Promise<Payable>;

type Problem = keyof Visit['t']['problems'];
interface Attempt {
  readonly problems?: Readonly<Partial<Record<CardField | 'email', Problem>>>;
  readonly decline?: keyof Visit['t']['declines'];
  readonly email?: string;
}

export async function showPayable(vendor: Vendor, visit: Visit, find: FindPayable): Promise<Response> {
  return transact(vendor, async (work) => {
    const payable = await find(work, visit);
    if (payable.closed) return closedPage(visit, payable);
    const [challenge] = await work.sql.query<{ card: Card }>(
      'select card from socle_embedded.payment_challenges where page = $1',
      [visit.url.pathname],
    );
    return challenge ? confirmPage(visit, payable, challenge.card) : formPage(visit, payable, {});
  });
}

export async function takeCard(vendor: Vendor, visit: Visit, find: FindPayable): Promise<Response> {
  const form = await visit.request.formData();
  return transact(vendor, async (work) => {
    const payable = await find(work, visit);
    if (payable.closed) return closedPage(visit, payable);
    const action = form.get('action');
    if (action === 'approve' || action === 'refuse') {
      const [challenge] = await work.sql.query<{ card: Card; email: string | null }>(
        'delete from socle_embedded.payment_challenges where page = $1 returning card, email',
        [visit.url.pathname],
      );
      if (!challenge) return formPage(visit, payable, {});
      if (action === 'refuse') return formPage(visit, payable, { decline: 'not_confirmed' });
      return settled(visit, payable, challenge);
    }
    const typed = { number: form.get('number'), expiry: form.get('expiry'), cvc: form.get('cvc') };
    const read = readCard(typed, work.now);
    const email = String(form.get('email') ?? '').trim();
    const badEmail = payable.asksEmail && !z.email().safeParse(email).success;
    if ('problems' in read || badEmail) {
      const problems: Partial<Record<CardField | 'email', CardProblem | 'email'>> = {
        ...(badEmail ? { email: 'email' as const } : {}),
        ...('problems' in read ? read.problems : {}),
      };
      return formPage(visit, payable, { problems, email });
    }
    const { card, needsConfirmation } = read;
    const given = { card, email: payable.asksEmail ? email : null };
    if (!needsConfirmation) return settled(visit, payable, given);
    await work.sql.query(
      `insert into socle_embedded.payment_challenges (page, card, email) values ($1, $2, $3)
       on conflict (page) do update set card = excluded.card, email = excluded.email`,
      [visit.url.pathname, JSON.stringify(card), given.email],
    );
    return seeOther(visit);
  });
}

async function settled(
  visit: Visit,
  payable: Payable,
  { card, email }: { readonly card: Card; readonly email: string | null },
): Promise<Response> {
  if (await payable.settle(card, email)) return seeOther(visit, payable.after ?? undefined);
  return formPage(visit, payable, { decline: card.outcome, ...(email ? { email } : {}) });
}

function formPage(visit: Visit, payable: Payable, attempt: Attempt): Response {
  const { t } = visit;
  const { problems = {}, decline } = attempt;
  const hasProblems = Object.keys(problems).length > 0;
  const said = decline ? t.declines[decline] : hasProblems ? t.correct : null;
  const status = decline ? 402 : hasProblems ? 422 : 200;
  const field = inputs(visit, problems);
  const leadsTo = payable.after ? [payable.after] : [];
  return page(
    visit,
    { title: payable.title, status, leadsTo, isNarrow: payable.total === null },
    html`<div class="${payable.total ? 'two' : ''}">${payable.total ? summary(visit, payable) : html`<h1>${payable.title}</h1>`}
<form class="panel" method="post" novalidate autocomplete="on">
${said ? html`<p class="notice" role="alert">${said}</p>` : null}
${payable.asksEmail ? field({ name: 'email', label: t.email, value: attempt.email ?? '', hint: t.emailHelp, extra: 'type="email" autocomplete="email"' }) : payable.knownEmail ? html`<p class="soft small">${payable.knownEmail}</p>` : null}
<h2>${t.card}</h2>
${field({ name: 'number', label: t.number, extra: 'inputmode="numeric" autocomplete="cc-number" placeholder="4242 4242 4242 4242"' })}
<div class="pair">${field({ name: 'expiry', label: t.expiry, extra: `inputmode="numeric" autocomplete="cc-exp" placeholder="${t.expiryHint}"` })}
${field({ name: 'cvc', label: t.cvc, extra: 'inputmode="numeric" autocomplete="cc-csc" placeholder="123"' })}</div>
<button class="wide" name="action" value="pay">${payable.action}</button>
<p class="note">${t.testNote}</p>
</form></div>${payable.total ? null : backLink(visit, payable)}`,
  );
}

/** A labelled field with its error tied to it; the first wrong one takes the focus. */
function inputs(visit: Visit, problems: NonNullable<Attempt['problems']>) {
  const first = (['email', 'number', 'expiry', 'cvc'] as const).find((name) => problems[name]);
  return (one: {
    readonly name: CardField | 'email';
    readonly label: string;
    readonly extra: string;
    readonly value?: string;
    readonly hint?: string;
  }): Html => {
    const { name, label, value, hint, extra } = one;
    const problem = problems[name];
    const described = problem ? `${name}-error` : hint ? `${name}-hint` : '';
    const marks = `${described ? ` aria-describedby="${described}"` : ''}${problem ? ' aria-invalid="true"' : ''}${first === name ? ' autofocus' : ''}`;
    return html`<div class="field"><label for="${name}">${label}</label><input id="${name}" name="${name}" required ${{ html: extra }}${{ html: marks }}${value ? html` value="${value}"` : null}>
${problem ? html`<p class="error" id="${name}-error">${visit.t.problems[problem]}</p>` : hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : null}</div>`;
  };
}

function summary(visit: Visit, { title, lines, total, per, back }: Payable): Html {
  const { t } = visit;
  const amount = (minor: number): string => money(visit, minor, total?.currency ?? 'EUR');
  return html`<section aria-label="${t.summary}"><h1>${title}</h1>
<p class="amount">${amount(total?.minor ?? 0)}${per ? html` <span class="soft small">${t.per[per]}</span>` : null}</p>
${lines.length > 0 ? html`<ul class="lines">${lines.map((line) => html`<li><span>${line.name}${line.quantity > 1 ? html` <span class="soft">× ${line.quantity}</span>` : null}</span><span class="num">${amount(line.quantity * line.unitMinor)}</span></li>`)}<li class="sum"><span>${t.total}</span><span class="num">${amount(total?.minor ?? 0)}</span></li></ul>` : null}
${backLink(visit, { back })}</section>`;
}

function backLink(visit: Visit, { back }: Pick<Payable, 'back'>): Html | null {
  return back ? html`<p class="small"><a href="${back}">${visit.t.backTo(new URL(back).host)}</a></p>` : null;
}

function confirmPage(visit: Visit, payable: Payable, card: Card): Response {
  const { t } = visit;
  const leadsTo = payable.after ? [payable.after] : [];
  return page(
    visit,
    { title: t.confirmTitle, isNarrow: true, leadsTo },
    html`<form class="panel" method="post"><h1>${t.confirmTitle}</h1>
<p class="soft">${t.confirmNote(`${card.brand} •••• ${card.last4}`)}</p>
${payable.total ? html`<p class="amount">${money(visit, payable.total.minor, payable.total.currency)}</p>` : null}
<div class="actions"><button name="action" value="approve">${t.approve}</button><button class="plain" name="action" value="refuse">${t.refuse}</button></div></form>`,
  );
}

function closedPage(visit: Visit, { closed, after, back }: Payable): Response {
  const target = closed?.status === undefined ? after : back;
  const next = target
    ? html`<a class="button" href="${target}">${visit.t.continueTo(new URL(target).host)}</a>`
    : undefined;
  const { title = '', note = '', status } = closed ?? {};
  return notice(visit, { title, note, ...(status ? { status } : {}), ...(next ? { next } : {}) });
}
