import { encode, hash, hmac, keyBytes } from './codec.ts';
import type {
  BodyHmacScheme,
  SplitTimestampScheme,
  StaticSecretScheme,
  SuffixHashScheme,
  UrlHmacScheme,
} from './scheme.ts';

/** The signatures of one body: signing and verifying share them, so that they cannot drift apart. */

/** Standard Webhooks key: `whsec_<base64>`, also as Supabase stores it (`v1,whsec_<base64>`). */
export function standardKey(secret: string): Uint8Array | undefined {
  return keyBytes(secret.replace(/^v1,/, '').replace(/^whsec_/, ''), 'base64');
}

export function signStandard(
  key: Uint8Array,
  { id, timestamp, body }: { readonly id: string; readonly timestamp: string; readonly body: Uint8Array },
): string {
  return encode(hmac(key, [id, '.', timestamp, '.', body], 'sha256'), 'base64');
}

/** Stripe's key is the whole `whsec_…` string as text: it is never decoded. */
export function signTimestamped(
  secret: string,
  { timestamp, body }: { readonly timestamp: string; readonly body: Uint8Array },
): string {
  return encode(hmac(Buffer.from(secret, 'utf8'), [timestamp, '.', body], 'sha256'), 'hex');
}

export function signBody(scheme: BodyHmacScheme, secret: string, body: Uint8Array): string | undefined {
  const key = keyBytes(secret, scheme.key);
  return key && `${scheme.prefix ?? ''}${encode(hmac(key, [body], scheme.algorithm), scheme.encoding)}`;
}

export function signUrl(
  scheme: UrlHmacScheme,
  secret: string,
  { url, body }: { readonly url: string; readonly body: Uint8Array },
): string {
  const parts = { 'body+url': [body, url], 'url+body': [url, body], 'url+form': [url, formText(body)] }[
    scheme.covers
  ];
  return encode(hmac(Buffer.from(secret, 'utf8'), parts, scheme.algorithm), scheme.encoding);
}

export function signSplit(
  scheme: SplitTimestampScheme,
  secret: string,
  { timestamp, body }: { readonly timestamp: string; readonly body: Uint8Array | string },
): string | undefined {
  const key = keyBytes(secret, scheme.key);
  if (!key) return undefined;
  const mac = hmac(key, [timestamp, '.', body], scheme.algorithm);
  return `${scheme.prefix ?? ''}${encode(mac, scheme.encoding)}`;
}

export function signSuffix(
  scheme: SuffixHashScheme,
  secret: string,
  { timestamp, body }: { readonly timestamp: string; readonly body: Uint8Array },
): string {
  return encode(hash([body, timestamp, secret], scheme.algorithm), scheme.encoding);
}

export function staticValue(scheme: StaticSecretScheme, secret: string): string {
  return `${scheme.prefix ?? ''}${secret}`;
}

/** Twilio: each key with its value, sorted by key; equal keys keep their order. */
function formText(body: Uint8Array): string {
  const pairs = [...new URLSearchParams(Buffer.from(body).toString('utf8'))];
  pairs.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return pairs.map(([key, value]) => key + value).join('');
}
