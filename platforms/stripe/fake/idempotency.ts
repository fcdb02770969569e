import { Refusal } from './state.ts';

export interface Answer {
  readonly status: number;
  readonly body: object;
}

interface Remembered {
  readonly fingerprint: string;
  answer?: Answer;
}

/**
 * Stripe's rules (https://docs.stripe.com/api/idempotent_requests, read 2026-11-21): the first answer is kept and
 * replayed; other parameters are refused; a request under way blocks its twin; refused parameters are not kept.
 */
export function createIdempotency() {
  const remembered = new Map<string, Remembered>();
  return {
    /** The kept answer; undefined when the caller is the first and must call `keep` or `forget`. */
    begin(key: string, fingerprint: string): Answer | undefined {
      const known = remembered.get(key);
      if (!known) {
        remembered.set(key, { fingerprint });
        return undefined;
      }
      if (known.fingerprint !== fingerprint) {
        const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;
        throw new Refusal(400, { type: 'idempotency_error', message });
      }
      if (!known.answer) {
        const message = 'There is currently another in-progress request using this Idempotent Key.';
        throw new Refusal(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message });
      }
      return known.answer;
    },
    keep(key: string, answer: Answer): void {
      const known = remembered.get(key);
      // a copy: a replay tells the state of then, not of now
      if (known) known.answer = structuredClone(answer);
    },
    forget: (key: string): void => {
      remembered.delete(key);
    },
  };
}
