export type HashAlgorithm = 'sha1' | 'sha256';
export type Encoding = 'hex' | 'base64';
/** How the secret's text becomes key bytes. */
export type KeyForm = 'utf8' | 'base64';

/** A: Standard Webhooks and Svix: HMAC-SHA256 over `id.timestamp.body`, several `v1,<base64>` signatures. */
export interface StandardWebhooksScheme {
  readonly family: 'standard-webhooks';
  /** `webhook` gives `webhook-id`, …; Resend says `svix`. */
  readonly headerPrefix: 'webhook' | 'svix';
  readonly toleranceSeconds: number;
}

/** B: one header `t=<unix>,v1=<hex>[,v1=…]`, HMAC-SHA256 over `t.body` with the secret as plain UTF-8. */
export interface TimestampedScheme {
  readonly family: 'timestamped';
  readonly header: string;
  readonly toleranceSeconds: number;
}

/** C: plain HMAC over the body. */
export interface BodyHmacScheme {
  readonly family: 'body-hmac';
  readonly header: string;
  readonly algorithm: HashAlgorithm;
  /** What stands before the signature: `sha256=`. */
  readonly prefix?: string;
  readonly encoding: Encoding;
  readonly key: KeyForm;
}

/** D: HMAC that covers the public URL. */
export interface UrlHmacScheme {
  readonly family: 'url-hmac';
  readonly header: string;
  readonly algorithm: HashAlgorithm;
  readonly encoding: Encoding;
  /** `body+url` Trello, `url+body` Appwrite, `url+form` Twilio (sorted keys and values appended). */
  readonly covers: 'body+url' | 'url+body' | 'url+form';
}

/** E: timestamp and signature in separate headers, HMAC over `timestamp.body`. */
export interface SplitTimestampScheme {
  readonly family: 'split-timestamp';
  readonly header: string;
  readonly timestampHeader: string;
  readonly algorithm: HashAlgorithm;
  readonly prefix?: string;
  readonly encoding: Encoding;
  readonly key: KeyForm;
  /** Some vendors sign `JSON.stringify(parsed)`: tried after the raw bytes. */
  readonly restringified?: boolean;
  readonly toleranceSeconds: number;
}

/** F: a bare hash, not an HMAC, of `body + timestamp + secret`. */
export interface SuffixHashScheme {
  readonly family: 'suffix-hash';
  readonly header: string;
  readonly timestampHeader: string;
  readonly algorithm: HashAlgorithm;
  readonly encoding: Encoding;
  readonly toleranceSeconds: number;
}

/** G: the secret itself in a header. */
export interface StaticSecretScheme {
  readonly family: 'static-secret';
  readonly header: string;
  /** `Bearer ` */
  readonly prefix?: string;
}

/** How a platform proves that a delivery is its own: declared here, executed by the one verifier. */
export type WebhookScheme =
  | StandardWebhooksScheme
  | TimestampedScheme
  | BodyHmacScheme
  | UrlHmacScheme
  | SplitTimestampScheme
  | SuffixHashScheme
  | StaticSecretScheme;

/** Lower-case header names. */
export type HeaderMap = Readonly<Record<string, string | undefined>>;

/** What arrives, before anything is parsed. */
export interface SignedRequest {
  readonly headers: HeaderMap;
  readonly body: Uint8Array;
  /** The public URL that the vendor was given (from `PUBLIC_BASE_URL`, never rebuilt from `Host`). */
  readonly url: string;
}
