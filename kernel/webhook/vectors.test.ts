import { describe, expect, test } from 'vitest';
import type { HeaderMap, WebhookScheme } from './scheme.ts';
import { signWebhook } from './sign.ts';
import { bytes, toldBy } from './testing.ts';
import { verifyWebhook } from './verify.ts';

interface Vector {
  readonly name: string;
  readonly scheme: WebhookScheme;
  readonly secret: string;
  readonly body: string;
  readonly url?: string;
  readonly at?: number;
  readonly id?: string;
  readonly headers: HeaderMap;
}

const agora = {
  secret: 'secret',
  body: '{"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f","notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}',
};
const plain = { family: 'body-hmac', encoding: 'hex', key: 'utf8' } as const;

/** From the vendors' own documents and sources; Trello's and the base64 ones computed with OpenSSL. */
const VECTORS: readonly Vector[] = [
  {
    name: 'GitHub',
    scheme: { ...plain, header: 'X-Hub-Signature-256', algorithm: 'sha256', prefix: 'sha256=' },
    secret: "It's a Secret to Everybody",
    body: 'Hello, World!',
    headers: {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    },
  },
  {
    name: 'Agora V2',
    scheme: { ...plain, header: 'Agora-Signature-V2', algorithm: 'sha256' },
    ...agora,
    headers: { 'agora-signature-v2': 'de96da5acf03b0021ac3b4fa2225e7ae6f3533a30d50bb02c08ea4fa748bda24' },
  },
  {
    name: 'Agora V1',
    scheme: { ...plain, header: 'Agora-Signature', algorithm: 'sha1' },
    ...agora,
    headers: { 'agora-signature': '5a3bb6a6d9fad2ea9ae3fb707a14c9d7f3136df1' },
  },
  ...(['webhook', 'svix'] as const).map(
    (prefix): Vector => ({
      name: `Standard Webhooks (${prefix})`,
      scheme: { family: 'standard-webhooks', headerPrefix: prefix, toleranceSeconds: 300 },
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      body: '{"test": 2432232314}',
      at: 1614265330,
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      headers: {
        [`${prefix}-id`]: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        [`${prefix}-timestamp`]: '1614265330',
        [`${prefix}-signature`]: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
      },
    }),
  ),
  {
    name: 'Twilio',
    scheme: {
      family: 'url-hmac',
      header: 'X-Twilio-Signature',
      algorithm: 'sha1',
      encoding: 'base64',
      covers: 'url+form',
    },
    secret: '12345',
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    body: 'Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE',
    headers: { 'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' },
  },
  {
    name: 'Trello',
    scheme: {
      family: 'url-hmac',
      header: 'X-Trello-Webhook',
      algorithm: 'sha1',
      encoding: 'base64',
      covers: 'body+url',
    },
    secret: 'secret',
    url: 'https://x.test/hook',
    body: '{"a":1}',
    headers: { 'x-trello-webhook': 'HF8OHy7N0ZusE7f/XJFggxsIvK8=' },
  },
];

describe.each(VECTORS)(
  '$name',
  ({ scheme, secret, body, url = 'https://x.test/', at = 0, id = 'x', headers }) => {
    const now = new Date(at * 1000);
    const content = { body: bytes(body), url };

    test('is verified', () => {
      expect(toldBy(verifyWebhook([scheme], { ...content, headers }, [secret], now))).toBe('valid');
    });

    test('is what we sign', () => {
      expect(signWebhook(scheme, content, secret, { id, now })).toEqual(headers);
    });

    test('is refused with one byte more', () => {
      const request = { ...content, body: bytes(`${body} `), headers };
      expect(toldBy(verifyWebhook([scheme], request, [secret], now))).toBe('mismatch');
    });
  },
);
