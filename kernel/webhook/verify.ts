import type { SignedRequest, WebhookScheme } from './scheme.ts';

export type Verdict =
  | { readonly valid: true; readonly scheme: WebhookScheme }
  | {
      readonly valid: false;
      readonly reason: 'no_secret' | 'missing_header' | 'malformed' | 'stale' | 'mismatch';
    };

/** Verifies a delivery against the declared schemes, in constant time, failing closed. */
export function verifyWebhook(
  _schemes: readonly WebhookScheme[],
  _request: SignedRequest,
  _secrets: readonly string[],
  _now: Date,
): Verdict {
  throw new Error('being written');
}
