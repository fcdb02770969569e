import { Refusal } from './refusal.ts';

export const API_KEY = 're_fakeSocle_00000000000000000000';
/** May send and nothing else. */
export const SENDING_KEY = 're_fakeSocle_sendingaccessonly0000';

/** An unknown key is a `validation_error`, whatever the documents say (resend-node#617, 2025-09-05). */
export function authenticate(authorization: string | undefined, isSending: boolean): void {
  const given = /^Bearer (.+)$/.exec(authorization ?? '')?.[1];
  if (given === undefined) throw new Refusal(401, 'missing_api_key', 'Missing API Key');
  if (given === SENDING_KEY && !isSending)
    throw new Refusal(401, 'restricted_api_key', 'This API key is restricted to only send emails');
  if (given !== API_KEY && given !== SENDING_KEY)
    throw new Refusal(401, 'validation_error', 'API key is invalid');
}

/** Requests of the last second, for the whole team; refused ones do not count. */
export function createRate(limit: number, now: () => Date) {
  const recent: number[] = [];
  return {
    count(isForced: boolean): void {
      const at = now().getTime();
      while (recent[0] !== undefined && recent[0] <= at - 1000) recent.shift();
      if (isForced || recent.length >= limit) {
        const message = `Too many requests. You can only make ${limit} requests per second. See rate limit response headers for more information.`;
        throw new Refusal(429, 'rate_limit_exceeded', message);
      }
      recent.push(at);
    },
    headers(isRefused: boolean): Record<string, string> {
      const retry = isRefused ? { 'retry-after': '1' } : {};
      if (!Number.isFinite(limit)) return retry;
      const remaining = String(Math.max(0, limit - recent.length));
      return {
        'ratelimit-limit': String(limit),
        'ratelimit-remaining': remaining,
        'ratelimit-reset': '1',
        ...retry,
      };
    },
  };
}
