import { Refusal } from './state.ts';

/** Stripe answers a wrong key with 401 and shows only its ends. */
export function authenticate(authorization: string | string[] | undefined, key: string): void {
  const given = /^Bearer (.+)$/.exec(String(authorization ?? ''))?.[1];
  if (given === key) return;
  const message = given
    ? `Invalid API Key provided: ${given.slice(0, 8)}${'*'.repeat(12)}${given.slice(-4)}`
    : 'You did not provide an API key. You need to provide your API key in the Authorization header.';
  throw new Refusal(401, { message });
}
