/** What an empty page tells its reader to type, so that something appears on it. */
export const commands = {
  mail: `npx socle call email.send '{"to":["ada@example.com"],"subject":"Hello","text":"First mail"}'`,
  payment: `npx socle call payments.createPayment '{"amountMinor":4200,"currency":"EUR","receiptEmail":"ada@example.com"}'`,
  fake: 'npx socle fake resend',
} as const;
