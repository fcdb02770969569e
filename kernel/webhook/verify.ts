import { same, sameDigest } from './bytes.ts';
import type { Claim, HeaderNames } from './families/family.ts';
import { familyOf } from './families/index.ts';
import type { SignedRequest, WebhookScheme } from './scheme.ts';

export type Verdict =
  | { readonly valid: true; readonly scheme: WebhookScheme }
  | {
      readonly valid: false;
      readonly reason: 'no_secret' | 'missing_header' | 'malformed' | 'stale' | 'mismatch';
    };

/**
 * Verifies a delivery against the declared schemes, in constant time, failing closed. The first scheme
 * whose headers are present decides: a delivery that fails it never gets a second chance at a weaker one.
 */
export function verifyWebhook(
  schemes: readonly WebhookScheme[],
  request: SignedRequest,
  secrets: readonly string[],
  now: Date,
): Verdict {
  const given = secrets.filter((secret) => secret.trim() !== '');
  if (given.length === 0) return refused('no_secret');
  const scheme = schemes.find((one) => isPresent(one, request));
  if (!scheme) return refused('missing_header');
  const claim = readClaim(scheme, request);
  if (!claim || claim.signatures.length === 0) return refused('malformed');
  if ('toleranceSeconds' in scheme) {
    const at = readSeconds(claim.timestamp);
    if (at === undefined) return refused('malformed');
    // One comparison that is false for anything odd: NaN never passes.
    const age = Math.abs(Math.floor(now.getTime() / 1000) - at);
    if (!(age <= scheme.toleranceSeconds)) return refused('stale');
  }
  return matches(scheme, request, given, claim);
}

function matches(
  scheme: WebhookScheme,
  request: SignedRequest,
  secrets: readonly string[],
  claim: Claim,
): Verdict {
  const family = familyOf(scheme);
  const keys = secrets.flatMap((secret) => family.keys(scheme, secret));
  if (keys.length === 0) return refused('no_secret');
  const expected = keys.flatMap((key) => family.digests(scheme, key, request, claim));
  const equal = scheme.family === 'static-secret' ? same : sameDigest;
  let valid = false;
  for (const digest of expected)
    for (const signature of claim.signatures) valid = equal(signature, digest) || valid;
  return valid ? { valid, scheme } : refused('mismatch');
}

function isPresent(scheme: WebhookScheme, { headers }: SignedRequest): boolean {
  return namesOf(scheme).every((name) => headers[name] !== undefined && headers[name] !== '');
}

/** A header that some server hands over as an array is refused like one that is ill-formed. */
function readClaim(scheme: WebhookScheme, { headers }: SignedRequest): Claim | undefined {
  const names = familyOf(scheme).headers(scheme);
  const value = (name: string | undefined): unknown => (name === undefined ? '' : headers[name]);
  const values = {
    signature: value(names.signature),
    timestamp: value(names.timestamp),
    id: value(names.id),
  };
  return isText(values) ? familyOf(scheme).read(scheme, values) : undefined;
}

function isText(values: Record<keyof HeaderNames, unknown>): values is Record<keyof HeaderNames, string> {
  return Object.values(values).every((value) => typeof value === 'string');
}

function namesOf(scheme: WebhookScheme): readonly string[] {
  return Object.values(familyOf(scheme).headers(scheme));
}

/** Unix seconds; 13 digits can only be milliseconds (Daily does not document its unit, 2026-11-21). */
function readSeconds(timestamp: string | undefined): number | undefined {
  if (timestamp === undefined || !/^\d{1,13}$/.test(timestamp)) return undefined;
  return timestamp.length === 13 ? Math.floor(Number(timestamp) / 1000) : Number(timestamp);
}

function refused(reason: Extract<Verdict, { valid: false }>['reason']): Verdict {
  return { valid: false, reason };
}
