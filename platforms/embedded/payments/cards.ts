import { z } from 'zod';

/** What the make-believe bank says when a card is charged. */
export type Outcome =
  | 'succeeds'
  | 'generic_decline'
  | 'insufficient_funds'
  | 'expired_card'
  | 'incorrect_cvc';

/** All that is ever kept of a card. */
export interface Card {
  readonly brand: string;
  readonly last4: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly outcome: Outcome;
  /** Charged again without its holder (renewals). */
  readonly laterOutcome: Outcome;
}

interface TestCard {
  readonly brand: string;
  readonly outcome: Outcome;
  readonly laterOutcome?: Outcome;
  /** The holder must confirm first. */
  readonly needsConfirmation?: boolean;
}

/** The numbers that developers know from Stripe's documents (https://docs.stripe.com/testing, read 2026-11-21). */
export const TEST_CARDS: Readonly<Record<string, TestCard>> = {
  '4242424242424242': { brand: 'Visa', outcome: 'succeeds' },
  '5555555555554444': { brand: 'Mastercard', outcome: 'succeeds' },
  '378282246310005': { brand: 'American Express', outcome: 'succeeds' },
  '4000002500003155': { brand: 'Visa', outcome: 'succeeds', needsConfirmation: true },
  '4000000000000341': { brand: 'Visa', outcome: 'succeeds', laterOutcome: 'generic_decline' },
  '4000000000000002': { brand: 'Visa', outcome: 'generic_decline' },
  '4000000000009995': { brand: 'Visa', outcome: 'insufficient_funds' },
  '4000000000000069': { brand: 'Visa', outcome: 'expired_card' },
  '4000000000000127': { brand: 'Visa', outcome: 'incorrect_cvc' },
};

export type CardProblem = 'number' | 'not_a_test_card' | 'expiry' | 'expired' | 'cvc';
export type CardField = 'number' | 'expiry' | 'cvc';

const Typed = z.object({ number: z.string().max(40), expiry: z.string().max(12), cvc: z.string().max(8) });

/** Reads what a person typed. The number goes no further than this function. */
export function readCard(
  form: { readonly number: unknown; readonly expiry: unknown; readonly cvc: unknown },
  now: Date,
):
  | { readonly card: Card; readonly needsConfirmation: boolean }
  | { readonly problems: Readonly<Partial<Record<CardField, CardProblem>>> } {
  const typed = Typed.safeParse(form);
  const { number, expiry, cvc } = typed.success ? typed.data : { number: '', expiry: '', cvc: '' };
  const digits = number.replace(/[\s-]/g, '');
  const known = TEST_CARDS[digits];
  const [, month = '', year = ''] = /^\s*(\d{1,2})\s*[/ -]?\s*(\d{2}|\d{4})\s*$/.exec(expiry) ?? [];
  const expMonth = Number(month);
  const expYear = Number(year) + (year.length === 2 ? 2000 : 0);
  const problems: Partial<Record<CardField, CardProblem>> = {};
  if (!/^\d{12,19}$/.test(digits) || !passesLuhn(digits)) problems.number = 'number';
  else if (!known) problems.number = 'not_a_test_card';
  if (expMonth < 1 || expMonth > 12 || year === '') problems.expiry = 'expiry';
  else if (Date.UTC(expYear, expMonth, 1) <= now.getTime()) problems.expiry = 'expired';
  const cvcLength = known?.brand === 'American Express' ? 4 : 3;
  if (!/^\d+$/.test(cvc.trim()) || cvc.trim().length !== cvcLength) problems.cvc = 'cvc';
  if (!known || Object.keys(problems).length > 0) return { problems };
  return {
    needsConfirmation: known.needsConfirmation ?? false,
    card: {
      brand: known.brand,
      last4: digits.slice(-4),
      expMonth,
      expYear,
      outcome: known.outcome,
      laterOutcome: known.laterOutcome ?? known.outcome,
    },
  };
}

/** ISO/IEC 7812-1, annex B: tells a mistyped number from one that cannot be used here. */
function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}
