import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SignedRequest, WebhookScheme } from './scheme.ts';
import { signWebhook } from './sign.ts';
import { verifyWebhook } from './verify.ts';

const now = new Date('2026-11-21T10:00:00Z');
const url = 'https://example.test/webhook/vendor';
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const base64 = Buffer.alloc(32, 7).toString('base64');

/** One scheme of each family, with the options that vendors use. */
const FAMILIES: readonly { name: string; scheme: WebhookScheme; secret: string; other: string }[] = [
  {
    name: 'A Standard Webhooks',
    scheme: { family: 'standard-webhooks', headerPrefix: 'webhook', toleranceSeconds: 300 },
    secret: `whsec_${base64}`,
    other: 'whsec_AAAA',
  },
  {
    name: 'A Svix',
    scheme: { family: 'standard-webhooks', headerPrefix: 'svix', toleranceSeconds: 300 },
    secret: `whsec_${base64}`,
    other: 'whsec_AAAA',
  },
  {
    name: 'A Supabase',
    scheme: { family: 'standard-webhooks', headerPrefix: 'webhook', toleranceSeconds: 300 },
    secret: `v1,whsec_${base64}`,
    other: 'v1,whsec_AAAA',
  },
  {
    name: 'B Stripe',
    scheme: { family: 'timestamped', header: 'stripe-signature', toleranceSeconds: 300 },
    secret: 'whsec_abc',
    other: 'whsec_def',
  },
  {
    name: 'C GitHub',
    scheme: {
      family: 'body-hmac',
      header: 'x-hub-signature-256',
      algorithm: 'sha256',
      prefix: 'sha256=',
      encoding: 'hex',
      key: 'utf8',
    },
    secret: 's',
    other: 't',
  },
  {
    name: 'C Expo',
    scheme: {
      family: 'body-hmac',
      header: 'expo-signature',
      algorithm: 'sha1',
      prefix: 'sha1=',
      encoding: 'hex',
      key: 'utf8',
    },
    secret: 's',
    other: 't',
  },
  {
    name: 'C Airtable',
    scheme: {
      family: 'body-hmac',
      header: 'x-airtable-content-mac',
      algorithm: 'sha256',
      prefix: 'hmac-sha256=',
      encoding: 'hex',
      key: 'base64',
    },
    secret: base64,
    other: 'AAAA',
  },
  {
    name: 'D Trello',
    scheme: {
      family: 'url-hmac',
      header: 'x-trello-webhook',
      algorithm: 'sha1',
      encoding: 'base64',
      covers: 'body+url',
    },
    secret: 's',
    other: 't',
  },
  {
    name: 'D Appwrite',
    scheme: {
      family: 'url-hmac',
      header: 'x-appwrite-webhook-signature',
      algorithm: 'sha1',
      encoding: 'base64',
      covers: 'url+body',
    },
    secret: 's',
    other: 't',
  },
  {
    name: 'E Daily',
    scheme: {
      family: 'split-timestamp',
      header: 'x-webhook-signature',
      timestampHeader: 'x-webhook-timestamp',
      algorithm: 'sha256',
      encoding: 'base64',
      key: 'base64',
      restringified: true,
      toleranceSeconds: 300,
    },
    secret: base64,
    other: 'AAAA',
  },
  {
    name: 'F Cloudinary',
    scheme: {
      family: 'suffix-hash',
      header: 'x-cld-signature',
      timestampHeader: 'x-cld-timestamp',
      algorithm: 'sha1',
      encoding: 'hex',
      toleranceSeconds: 300,
    },
    secret: 's',
    other: 't',
  },
  {
    name: 'G GitLab',
    scheme: { family: 'static-secret', header: 'x-gitlab-token' },
    secret: 's',
    other: 't',
  },
  {
    name: 'G Auth0',
    scheme: { family: 'static-secret', header: 'authorization', prefix: 'Bearer ' },
    secret: 's',
    other: 't',
  },
];

const signed = (scheme: WebhookScheme, secret: string, body = bytes('{"a":1}'), at = now): SignedRequest => ({
  headers: signWebhook(scheme, { body, url }, secret, { id: 'msg_1', now: at }),
  body,
  url,
});

describe.each(FAMILIES)('$name', ({ scheme, secret, other }) => {
  const check = (request: SignedRequest, secrets: readonly string[] = [secret], at = now) =>
    verifyWebhook([scheme], request, secrets, at);
  const isTimed = 'toleranceSeconds' in scheme;
  const header =
    Object.keys(signed(scheme, secret).headers).find((name) =>
      /signature|mac|webhook$|token|authorization/.test(name),
    ) ?? '';

  test('accepts what it signed, with any of several valid secrets', () => {
    expect(check(signed(scheme, secret))).toEqual({ valid: true, scheme });
    expect(check(signed(scheme, secret), [other, secret]).valid).toBe(true);
  });

  test('refuses another secret, one that was rotated out, an empty one and none', () => {
    expect(check(signed(scheme, secret), [other]).valid).toBe(false);
    expect(check(signed(scheme, other), [secret]).valid).toBe(false);
    expect(check(signed(scheme, secret), []).valid).toBe(false);
    expect(check(signed(scheme, secret), ['']).valid).toBe(false);
  });

  test('refuses a signature that is missing, empty, shorter, longer or not ASCII, without throwing', () => {
    const good = signed(scheme, secret);
    const value = good.headers[header] ?? '';
    expect(check({ ...good, headers: {} })).toEqual({ valid: false, reason: 'missing_header' });
    for (const broken of [
      '',
      value.slice(0, -1),
      value.slice(1),
      `${value}0`,
      `${value}é`,
      '\u0000',
      'v1,',
      't=,v1=',
    ]) {
      expect(check({ ...good, headers: { ...good.headers, [header]: broken } }).valid).toBe(false);
    }
  });

  test('refuses a body with any one byte changed, where the body is signed', () => {
    if (scheme.family === 'static-secret') return expect(scheme).not.toHaveProperty('algorithm');
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (body, at, flip) => {
          const good = signed(scheme, secret, body);
          expect(check(good).valid).toBe(true);
          const changed = Uint8Array.from(body);
          changed[at % body.length] = (changed[at % body.length] ?? 0) ^ flip;
          return !check({ ...good, body: changed }).valid;
        },
      ),
      { numRuns: 200 },
    );
  });

  test('holds the time window exactly, on both sides, where it signs a time', () => {
    const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
    const request = signed(scheme, secret);
    expect(check(request, [secret], at(300)).valid).toBe(true);
    expect(check(request, [secret], at(-300)).valid).toBe(true);
    expect(check(request, [secret], at(301)).valid).toBe(!isTimed);
    expect(check(request, [secret], at(-301)).valid).toBe(!isTimed);
  });
});
