import type { Message } from '@socle/port-email';
import type { PaymentSucceeded } from '@socle/port-payments';
import { formatMoney } from './money.ts';
import { languageOf, receiptTexts } from './texts.ts';

export interface Receipt {
  readonly payment: PaymentSucceeded;
  readonly paidAt: Date;
  readonly to: string;
}

/** The same facts as text and as HTML, in the payer's language. */
export function receiptMessage({ payment, paidAt, to }: Receipt): Message {
  const language = languageOf(payment.metadata.locale);
  const texts = receiptTexts[language];
  const amount = formatMoney(payment, texts.locale);
  const date = new Intl.DateTimeFormat(texts.locale, { dateStyle: 'long', timeZone: 'UTC' }).format(paidAt);
  const rows: (readonly [string, string])[] = [
    [texts.amount, amount],
    [texts.date, date],
    ...(payment.description ? [[texts.description, payment.description] as const] : []),
    [texts.reference, payment.paymentId],
  ];
  return {
    to: [to],
    subject: texts.subject(amount),
    text: [
      texts.thanks(amount),
      rows.map(([label, value]) => `${label}${language === 'fr' ? ' :' : ':'} ${value}`).join('\n'),
      texts.footer,
    ].join('\n\n'),
    html: page({ language, ...texts, thanks: texts.thanks(amount), rows }),
  };
}

interface PageParts {
  readonly language: string;
  readonly heading: string;
  readonly thanks: string;
  readonly footer: string;
  readonly rows: readonly (readonly [string, string])[];
}

const FONT = "font-family:-apple-system,'Segoe UI',Helvetica,Arial,sans-serif";

/** Tables and inline styles: mail clients know little else. No image, nothing is loaded from anywhere. */
function page({ language, heading, thanks, footer, rows }: PageParts): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light">
<title>${escapeHtml(heading)}</title>
</head>
<body style="margin:0;padding:0;background:#f4f3f0">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f4f3f0">
<tr><td align="center" style="padding:40px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:520px;background:#ffffff;border:1px solid #dedbd3;border-radius:6px">
<tr><td style="padding:32px 32px 8px;${FONT}">
<h1 style="margin:0 0 12px;font-size:22px;line-height:1.3;font-weight:600;color:#1d1c1a">${escapeHtml(heading)}</h1>
<p style="margin:0;font-size:15px;line-height:1.6;color:#46443f">${escapeHtml(thanks)}</p>
</td></tr>
<tr><td style="padding:20px 32px">
<table width="100%" cellpadding="0" cellspacing="0" style="border-collapse:collapse;${FONT};font-size:14px;line-height:1.5">
${rows.map(row).join('\n')}
</table>
</td></tr>
<tr><td style="padding:8px 32px 32px;${FONT}">
<p style="margin:0;font-size:13px;line-height:1.6;color:#6b6861">${escapeHtml(footer)}</p>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

function row([label, value]: readonly [string, string]): string {
  const line = 'padding:10px 0;border-top:1px solid #eceae4;vertical-align:top';
  return `<tr><th scope="row" align="left" style="${line};font-weight:400;color:#6b6861;padding-right:16px">${escapeHtml(label)}</th><td align="right" style="${line};color:#1d1c1a;word-break:break-word">${escapeHtml(value)}</td></tr>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
