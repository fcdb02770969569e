import type { Language } from '@socle/kernel';
import { type Html, html } from './html.ts';
import { STYLE, STYLE_HASH } from './style.ts';
import { languageOf, TEXTS, type Texts } from './texts.ts';

/** One visit: who asks, in which language. */
export interface Visit {
  readonly request: Request;
  readonly url: URL;
  readonly language: Language;
  readonly t: Texts;
}

export function visitOf(request: Request): Visit {
  const language = languageOf(request);
  return { request, url: new URL(request.url), language, t: TEXTS[language] };
}

export interface PageOptions {
  readonly title: string;
  readonly status?: number;
  readonly isNarrow?: boolean;
  /** Where a form of this page may lead by redirect: Chromium checks those too. */
  readonly leadsTo?: readonly string[];
}

/** A whole page: no script, nothing loaded from anywhere, framed by nobody, stored by nobody. */
export function page(visit: Visit, options: PageOptions, body: Html): Response {
  const { t, language, url } = visit;
  const other = language === 'fr' ? 'en' : 'fr';
  const { html: text } = html`<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${options.title}</title><style>${{ html: STYLE }}</style></head>
<body>
<header><span class="badge warn">${t.testMode}</span><a class="end small" href="${url.pathname}?lang=${other}" hreflang="${other}" lang="${other}">${t.otherLanguage}</a></header>
<main${options.isNarrow ? { html: ' class="narrow"' } : ''}>${body}</main>
<footer>${t.footer}</footer>
</body></html>`;
  return new Response(text, { status: options.status ?? 200, headers: headersFor(options.leadsTo ?? []) });
}

/** After a form: the browser asks for the next page anew, in the same language. */
export function seeOther(visit: Visit, location?: string): Response {
  const lang = visit.url.searchParams.get('lang');
  const here = `${visit.url.pathname}${lang ? `?lang=${visit.language}` : ''}`;
  return new Response(null, {
    status: 303,
    headers: { location: location ?? here, 'cache-control': 'no-store' },
  });
}

/** A page that only says something, and where to go from there. */
export function notice(
  visit: Visit,
  said: { readonly title: string; readonly note: string; readonly status?: number; readonly next?: Html },
): Response {
  const options = { title: said.title, isNarrow: true, ...(said.status ? { status: said.status } : {}) };
  return page(
    visit,
    options,
    html`<div class="panel"><h1>${said.title}</h1><p class="soft">${said.note}</p>${said.next}</div>`,
  );
}

function headersFor(leadsTo: readonly string[]): Record<string, string> {
  const origins = leadsTo.map((url) => new URL(url).origin).filter((origin) => origin !== 'null');
  const targets = ["'self'", ...new Set(origins)].join(' ');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src '${STYLE_HASH}'; form-action ${targets}; base-uri 'none'; frame-ancestors 'none'`,
    // not no-referrer: forms would then be sent with Origin: null
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    vary: 'Accept-Language',
  };
}

/** Amounts are in the currency's own minor unit, which Intl knows. */
export function money(visit: Visit, amountMinor: number, currency: string): string {
  const format = new Intl.NumberFormat(visit.language, { style: 'currency', currency });
  return format.format(amountMinor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

export function day(visit: Visit, date: Date, dateStyle: 'long' | 'medium' = 'long'): string {
  return new Intl.DateTimeFormat(visit.language, { dateStyle, timeZone: 'UTC' }).format(date);
}
