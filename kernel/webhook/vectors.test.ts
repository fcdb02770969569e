import { describe, expect, test } from 'vitest';
import type { SignedRequest, WebhookScheme } from './scheme.ts';
import { signWebhook } from './sign.ts';
import { verifyWebhook } from './verify.ts';

const now = new Date('2026-11-21T10:00:00Z');
const url = 'https://example.test/webhook/vendor';
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const base64 = Buffer.alloc(32, 7).toString('base64');

const signed = (scheme: WebhookScheme, secret: string, body = bytes('{"a":1}'), at = now): SignedRequest => ({
  headers: signWebhook(scheme, { body, url }, secret, { id: 'msg_1', now: at }),
  body,
  url,
});

const vector = (scheme: WebhookScheme, secret: string, request: SignedRequest, at = now): boolean =>
  verifyWebhook([scheme], request, [secret], at).valid;

describe('published vectors', () => {
  test('GitHub', () => {
    const scheme: WebhookScheme = {
      family: 'body-hmac',
      header: 'x-hub-signature-256',
      algorithm: 'sha256',
      prefix: 'sha256=',
      encoding: 'hex',
      key: 'utf8',
    };
    const headers = {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };
    expect(vector(scheme, "It's a Secret to Everybody", { headers, body: bytes('Hello, World!'), url })).toBe(
      true,
    );
  });

  test('Agora, both versions', () => {
    const body = bytes(
      '{"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f","notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}',
    );
    const v2: WebhookScheme = {
      family: 'body-hmac',
      header: 'agora-signature-v2',
      algorithm: 'sha256',
      encoding: 'hex',
      key: 'utf8',
    };
    const v1: WebhookScheme = {
      family: 'body-hmac',
      header: 'agora-signature',
      algorithm: 'sha1',
      encoding: 'hex',
      key: 'utf8',
    };
    expect(
      vector(v2, 'secret', {
        headers: { 'agora-signature-v2': 'de96da5acf03b0021ac3b4fa2225e7ae6f3533a30d50bb02c08ea4fa748bda24' },
        body,
        url,
      }),
    ).toBe(true);
    expect(
      vector(v1, 'secret', {
        headers: { 'agora-signature': '5a3bb6a6d9fad2ea9ae3fb707a14c9d7f3136df1' },
        body,
        url,
      }),
    ).toBe(true);
  });

  test.each(['webhook', 'svix'] as const)('Standard Webhooks as %s', (headerPrefix) => {
    const scheme: WebhookScheme = { family: 'standard-webhooks', headerPrefix, toleranceSeconds: 300 };
    const headers = {
      [`${headerPrefix}-id`]: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      [`${headerPrefix}-timestamp`]: '1614265330',
      [`${headerPrefix}-signature`]: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const request = { headers, body: bytes('{"test": 2432232314}'), url };
    expect(vector(scheme, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', request, new Date(1614265330_000))).toBe(
      true,
    );
    expect(vector(scheme, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', request)).toBe(false);
  });

  test('Twilio, with and without the port', () => {
    const scheme: WebhookScheme = {
      family: 'url-hmac',
      header: 'x-twilio-signature',
      algorithm: 'sha1',
      encoding: 'base64',
      covers: 'url+form',
    };
    const form = new URLSearchParams({
      To: '+18005551212',
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
    });
    const headers = { 'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' };
    const body = bytes(form.toString());
    expect(
      vector(scheme, '12345', { headers, body, url: 'https://mycompany.com/myapp.php?foo=1&bar=2' }),
    ).toBe(true);
    expect(
      vector(scheme, '12345', { headers, body, url: 'https://mycompany.com:443/myapp.php?foo=1&bar=2' }),
    ).toBe(true);
    expect(vector(scheme, '12345', { headers, body, url: 'https://mycompany.com/myapp.php?foo=1' })).toBe(
      false,
    );
  });

  test('Trello style', () => {
    const scheme: WebhookScheme = {
      family: 'url-hmac',
      header: 'x-trello-webhook',
      algorithm: 'sha1',
      encoding: 'base64',
      covers: 'body+url',
    };
    const headers = { 'x-trello-webhook': 'HF8OHy7N0ZusE7f/XJFggxsIvK8=' };
    expect(vector(scheme, 'secret', { headers, body: bytes('{"a":1}'), url: 'https://x.test/hook' })).toBe(
      true,
    );
  });
});

describe('particular forms', () => {
  test('Supabase joins secrets with a bar and signatures with comma and space', () => {
    const scheme: WebhookScheme = {
      family: 'standard-webhooks',
      headerPrefix: 'webhook',
      toleranceSeconds: 300,
    };
    const good = signed(scheme, `whsec_${base64}`);
    const headers = { ...good.headers, 'webhook-signature': `v1,AAAA, ${good.headers['webhook-signature']}` };
    const secrets = [`v1,whsec_${Buffer.alloc(24, 1).toString('base64')}|v1,whsec_${base64}`];
    expect(verifyWebhook([scheme], { ...good, headers }, secrets, now).valid).toBe(true);
  });

  test('an asymmetric signature alone is no proof', () => {
    const scheme: WebhookScheme = {
      family: 'standard-webhooks',
      headerPrefix: 'webhook',
      toleranceSeconds: 300,
    };
    const good = signed(scheme, `whsec_${base64}`);
    const headers = {
      ...good.headers,
      'webhook-signature': good.headers['webhook-signature']?.replace('v1,', 'v1a,'),
    };
    expect(verifyWebhook([scheme], { ...good, headers }, [`whsec_${base64}`], now).valid).toBe(false);
  });

  test('Stripe sends several v1 signatures while a secret is rolled, and v0 that count for nothing', () => {
    const scheme: WebhookScheme = {
      family: 'timestamped',
      header: 'stripe-signature',
      toleranceSeconds: 300,
    };
    const good = signed(scheme, 'new').headers['stripe-signature'] ?? '';
    const old = signed(scheme, 'old').headers['stripe-signature']?.split(',')[1];
    const request = (value: string): SignedRequest => ({
      headers: { 'stripe-signature': value },
      body: bytes('{"a":1}'),
      url,
    });
    expect(verifyWebhook([scheme], request(`${good},${old}`), ['old'], now).valid).toBe(true);
    expect(verifyWebhook([scheme], request(good.replace('v1=', 'v0=')), ['new'], now).valid).toBe(false);
    expect(verifyWebhook([scheme], request(`t=1,${good}`), ['new'], now)).toEqual({
      valid: false,
      reason: 'malformed',
    });
  });

  test('a vendor that signs the re-serialised body is accepted, its spaces notwithstanding', () => {
    const scheme: WebhookScheme = {
      family: 'split-timestamp',
      header: 'x-webhook-signature',
      timestampHeader: 'x-webhook-timestamp',
      algorithm: 'sha256',
      encoding: 'base64',
      key: 'base64',
      restringified: true,
      toleranceSeconds: 300,
    };
    const compact = signed(scheme, base64, bytes('{"a":1}'));
    expect(verifyWebhook([scheme], { ...compact, body: bytes('{ "a": 1 }') }, [base64], now).valid).toBe(
      true,
    );
  });

  test('a failed strong scheme never falls through to a weaker one', () => {
    const strong: WebhookScheme = {
      family: 'standard-webhooks',
      headerPrefix: 'webhook',
      toleranceSeconds: 300,
    };
    const weak: WebhookScheme = { family: 'static-secret', header: 'x-gitlab-token' };
    const headers = { ...signed(strong, 'whsec_AAAA').headers, 'x-gitlab-token': 's' };
    expect(verifyWebhook([strong, weak], { headers, body: bytes('{}'), url }, ['s'], now).valid).toBe(false);
    expect(
      verifyWebhook(
        [strong, weak],
        { headers: { 'x-gitlab-token': 's' }, body: bytes('{}'), url },
        ['s'],
        now,
      ).valid,
    ).toBe(true);
  });
});
