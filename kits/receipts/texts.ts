import type { Language } from '@socle/kernel';

interface ReceiptTexts {
  readonly locale: string;
  subject(amount: string): string;
  readonly heading: string;
  thanks(amount: string): string;
  readonly amount: string;
  readonly date: string;
  readonly description: string;
  readonly reference: string;
  readonly footer: string;
}

export const receiptTexts: Readonly<Record<Language, ReceiptTexts>> = {
  en: {
    locale: 'en',
    subject: (amount) => `Your receipt for ${amount}`,
    heading: 'Receipt',
    thanks: (amount) => `Thank you. We have received your payment of ${amount}.`,
    amount: 'Amount paid',
    date: 'Date',
    description: 'Description',
    reference: 'Reference',
    footer: 'Please keep this message as your proof of payment.',
  },
  fr: {
    locale: 'fr',
    subject: (amount) => `Votre reçu de ${amount}`,
    heading: 'Reçu',
    thanks: (amount) => `Merci. Nous avons bien reçu votre paiement de ${amount}.`,
    amount: 'Montant payé',
    date: 'Date',
    description: 'Description',
    reference: 'Référence',
    footer: 'Conservez ce message : il vaut justificatif de paiement.',
  },
};

/** The payer's language, from the payment's metadata `locale` (`fr`, `fr-CA`, …); English when it does not tell. */
export function languageOf(locale: string | undefined): Language {
  return /^fr\b/i.test(locale ?? '') ? 'fr' : 'en';
}
