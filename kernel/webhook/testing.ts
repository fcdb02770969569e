import type { SignedRequest, WebhookScheme } from './scheme.ts';
import { signWebhook } from './sign.ts';
import { type Verdict, verifyWebhook } from './verify.ts';

export const NOW = new Date('2026-11-21T10:00:00.700Z');
export const URL_GIVEN = 'https://socle.test/webhook/vendor';

export interface Example {
  readonly name: string;
  readonly scheme: WebhookScheme;
  readonly secret: string;
  readonly other: string;
  /** The signature does not cover the body, or reads it loosely. */
  readonly bodyIsLoose?: boolean;
}

const base64 = (byte: number): string => Buffer.alloc(32, byte).toString('base64');

/** Every family, in the shapes that vendors use. */
export const EXAMPLES: readonly Example[] = [
  {
    name: 'A Standard Webhooks',
    scheme: { family: 'standard-webhooks', headerPrefix: 'webhook', toleranceSeconds: 300 },
    secret: `whsec_${base64(1)}`,
    other: `whsec_${base64(2)}`,
  },
  {
    name: 'A Svix (Resend)',
    scheme: { family: 'standard-webhooks', headerPrefix: 'svix', toleranceSeconds: 300 },
    secret: `whsec_${base64(3)}`,
    other: `whsec_${base64(4)}`,
  },
  {
    name: 'B Stripe',
    scheme: { family: 'timestamped', header: 'Stripe-Signature', toleranceSeconds: 300 },
    secret: 'whsec_one',
    other: 'whsec_two',
  },
  {
    name: 'C GitHub',
    scheme: {
      family: 'body-hmac',
      header: 'X-Hub-Signature-256',
      algorithm: 'sha256',
      prefix: 'sha256=',
      encoding: 'hex',
      key: 'utf8',
    },
    secret: 'clé à nous',
    other: 'another',
  },
  {
    name: 'C Airtable (base64 key)',
    scheme: {
      family: 'body-hmac',
      header: 'X-Airtable-Content-MAC',
      algorithm: 'sha256',
      prefix: 'hmac-sha256=',
      encoding: 'hex',
      key: 'base64',
    },
    secret: base64(5),
    other: base64(6),
  },
  {
    name: 'D Trello',
    scheme: {
      family: 'url-hmac',
      header: 'X-Trello-Webhook',
      algorithm: 'sha1',
      encoding: 'base64',
      covers: 'body+url',
    },
    secret: 'trello-one',
    other: 'trello-two',
  },
  {
    name: 'D Appwrite',
    scheme: {
      family: 'url-hmac',
      header: 'X-Appwrite-Webhook-Signature',
      algorithm: 'sha1',
      encoding: 'base64',
      covers: 'url+body',
    },
    secret: 'appwrite-one',
    other: 'appwrite-two',
  },
  {
    name: 'D Twilio',
    scheme: {
      family: 'url-hmac',
      header: 'X-Twilio-Signature',
      algorithm: 'sha1',
      encoding: 'base64',
      covers: 'url+form',
    },
    secret: 'twilio-one',
    other: 'twilio-two',
    bodyIsLoose: true,
  },
  {
    name: 'E Daily (restringified)',
    scheme: {
      family: 'split-timestamp',
      header: 'X-Webhook-Signature',
      timestampHeader: 'X-Webhook-Timestamp',
      algorithm: 'sha256',
      encoding: 'base64',
      key: 'base64',
      restringified: true,
      toleranceSeconds: 300,
    },
    secret: base64(7),
    other: base64(8),
    bodyIsLoose: true,
  },
  {
    name: 'E Appwrite messaging',
    scheme: {
      family: 'split-timestamp',
      header: 'X-Appwrite-Webhook-Signature',
      timestampHeader: 'X-Appwrite-Webhook-Timestamp',
      algorithm: 'sha256',
      prefix: 'sha256=',
      encoding: 'hex',
      key: 'utf8',
      toleranceSeconds: 300,
    },
    secret: 'messaging-one',
    other: 'messaging-two',
  },
  {
    name: 'F Cloudinary',
    scheme: {
      family: 'suffix-hash',
      header: 'X-Cld-Signature',
      timestampHeader: 'X-Cld-Timestamp',
      algorithm: 'sha1',
      encoding: 'hex',
      toleranceSeconds: 300,
    },
    secret: 'cloudinary-one',
    other: 'cloudinary-two',
  },
  {
    name: 'G GitLab token',
    scheme: { family: 'static-secret', header: 'X-Gitlab-Token' },
    secret: 'gitlab-one',
    other: 'gitlab-two',
    bodyIsLoose: true,
  },
  {
    name: 'G bearer token',
    scheme: { family: 'static-secret', header: 'Authorization', prefix: 'Bearer ' },
    secret: 'log-stream-one',
    other: 'log-stream-two',
    bodyIsLoose: true,
  },
];

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

export const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

/** A body that the example's vendor would send. */
export function bodyFor({ scheme }: Example): Uint8Array {
  const form = scheme.family === 'url-hmac' && scheme.covers === 'url+form';
  return bytes(form ? 'From=Zo%C3%AB&Body=caf%C3%A9' : '{ "name": "Zoë", "emoji": "🪨" }');
}

export function signed(example: Example, change: { secret?: string; now?: Date } = {}): SignedRequest {
  const content = { body: bodyFor(example), url: URL_GIVEN };
  const secret = change.secret ?? example.secret;
  const headers = signWebhook(example.scheme, content, secret, { id: 'msg_1', now: change.now ?? NOW });
  return { ...content, headers };
}

export function verdict(
  { scheme }: Pick<Example, 'scheme'>,
  request: SignedRequest,
  secrets: readonly string[],
  now = NOW,
): string {
  return toldBy(verifyWebhook([scheme], request, secrets, now));
}

export function toldBy(given: Verdict): string {
  return given.valid ? 'valid' : given.reason;
}
