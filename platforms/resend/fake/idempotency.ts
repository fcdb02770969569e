import { Refusal } from './refusal.ts';

const KEPT_MS = 24 * 3_600_000;

interface Known {
  readonly body: string;
  readonly at: number;
  answer?: object;
}

/** Keys live 24 hours (https://resend.com/docs/dashboard/emails/idempotency-keys, read 2026-11-21); refusals are not kept. */
export function createIdempotency(now: () => Date) {
  const known = new Map<string, Known>();
  return {
    /** The kept answer; undefined when the caller is the first and must call `keep` or `forget`. */
    begin(key: string, body: string): object | undefined {
      if (key.length > 256)
        throw new Refusal(400, 'invalid_idempotency_key', 'The key must be between 1-256 chars.');
      const found = known.get(key);
      if (!found || now().getTime() - found.at >= KEPT_MS) {
        known.set(key, { body, at: now().getTime() });
        return undefined;
      }
      if (found.body !== body) {
        const message = 'Same idempotency key used with a different request payload.';
        throw new Refusal(409, 'invalid_idempotent_request', message);
      }
      if (!found.answer) {
        const message = 'Same idempotency key used while original request is still in progress.';
        throw new Refusal(409, 'concurrent_idempotent_requests', message);
      }
      return found.answer;
    },
    keep(key: string, answer: object): void {
      const found = known.get(key);
      if (found) found.answer = answer;
    },
    forget: (key: string): void => {
      known.delete(key);
    },
  };
}
