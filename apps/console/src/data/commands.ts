/** What an empty page tells its reader to type, so that something appears on it. */
export const commands = {
  mail: `npx socle call email.send '{"from":"me@example.com","to":["ada@example.com"],"subject":"Hello","text":"First mail"}'`,
  payment: [
    `npx socle call payments.createProduct '{"name":"Pro plan"}'`,
    `npx socle call payments.createPrice '{"productId":"…","amountMinor":1900,"currency":"EUR"}'`,
    `npx socle call payments.createCheckout '{"mode":"payment","items":[{"priceId":"…"}],`,
    `  "customerEmail":"ada@example.com",`,
    `  "successUrl":"${location.origin}/console","cancelUrl":"${location.origin}/console"}'`,
  ].join('\n'),
  fake: 'npx socle fake resend',
} as const;
