import { Message } from '@socle/port-email';
import { describe, expect, test } from 'vitest';
import { formatMoney } from './money.ts';
import { receiptMessage } from './receipt.ts';
import { languageOf } from './texts.ts';

const payment = {
  paymentId: 'pay_1',
  amountMinor: 1250,
  currency: 'EUR',
  customerId: null,
  email: 'ada@example.com',
  description: null,
  metadata: {},
};
const paidAt = new Date('2026-11-21T23:30:00Z');
const plain = (text: string | undefined) => (text ?? '').replace(/[\u00a0\u202f]/g, ' ');

describe('amounts', () => {
  test.each([
    [1250, 'EUR', 'en', '€12.50'],
    [1250, 'EUR', 'fr', '12,50 €'],
    [1250, 'JPY', 'en', '¥1,250'],
    [1250, 'JPY', 'fr', '1 250 JPY'],
    [1250, 'BHD', 'en', 'BHD 1.250'],
    [99_999_999, 'USD', 'en', '$999,999.99'],
    [0, 'USD', 'en', '$0.00'],
  ])('%i %s in %s is %s', (amountMinor, currency, locale, expected) => {
    expect(plain(formatMoney({ amountMinor, currency }, locale))).toBe(expected);
  });
});

test.each([
  [undefined, 'en'],
  ['fr', 'fr'],
  ['FR-ca', 'fr'],
  ['fry', 'en'],
  ['de', 'en'],
])('locale %s is written in %s', (locale, language) => {
  expect(languageOf(locale)).toBe(language);
});

test('in English: the port takes it, text and HTML tell the same', () => {
  const message = receiptMessage({ payment, paidAt, to: 'ada@example.com' });
  expect(Message.parse(message)).toEqual(message);
  expect(message.subject).toBe('Your receipt for €12.50');
  expect(message.text).toContain('Date: November 21, 2026');
  expect(message.html).toContain('<html lang="en">');
  for (const fact of ['€12.50', 'November 21, 2026', 'pay_1']) expect(message.html).toContain(fact);
});

test('in French', () => {
  const message = receiptMessage({
    payment: { ...payment, metadata: { locale: 'fr-FR' } },
    paidAt,
    to: 'ada@example.com',
  });
  expect(plain(message.subject)).toBe('Votre reçu de 12,50 €');
  expect(plain(message.text)).toContain('Montant payé : 12,50 €');
  expect(message.text).toContain('21 novembre 2026');
  expect(message.html).toContain('<html lang="fr">');
});

test('nothing from outside becomes markup', () => {
  const description = `<script>alert("x")</script> & 'more'`;
  const { html, text } = receiptMessage({
    payment: { ...payment, description, paymentId: '<b>' },
    paidAt,
    to: 'ada@example.com',
  });
  expect(html).not.toContain('<script');
  expect(html).not.toContain('<b>');
  expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; &#39;more&#39;');
  expect(text).toContain(description);
});
