import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { SignedRequest, UrlHmacScheme, WebhookScheme } from './scheme.ts';
import { signWebhook } from './sign.ts';
import { bytes, EXAMPLES, type Example, NOW, signed, toldBy, URL_GIVEN, verdict } from './testing.ts';
import { verifyWebhook } from './verify.ts';

function example(name: string): Example {
  const found = EXAMPLES.find((one) => one.name.includes(name));
  if (!found) throw new Error(name);
  return found;
}
const at = String(Math.floor(NOW.getTime() / 1000));

describe('several schemes', () => {
  const [signing, token] = [example('Standard Webhooks'), example('GitLab token')];
  const schemes = [signing.scheme, token.scheme];
  const check = (request: SignedRequest, secrets: readonly string[]): string =>
    toldBy(verifyWebhook(schemes, request, secrets, NOW));

  test('the first whose headers are present decides', () => {
    expect(check(signed(signing), [signing.secret])).toBe('valid');
    expect(check(signed(token), [token.secret])).toBe('valid');
  });

  test('a failed signature never falls through to a weaker scheme', () => {
    const [strong, weak] = [signed(signing, { secret: signing.other }), signed(token)];
    const both = { ...strong, headers: { ...strong.headers, ...weak.headers } };
    expect(check(both, [signing.secret, token.secret])).toBe('mismatch');
  });

  test('one header in two schemes: Appwrite chooses by the timestamp header', () => {
    const [messaging, project] = [example('Appwrite messaging'), example('D Appwrite')];
    const both = [messaging.scheme, project.scheme];
    for (const one of [messaging, project])
      expect(verifyWebhook(both, signed(one), [one.secret], NOW)).toEqual({
        valid: true,
        scheme: one.scheme,
      });
    const stripped = signed(messaging);
    const { 'x-appwrite-webhook-timestamp': _, ...headers } = stripped.headers;
    expect(toldBy(verifyWebhook(both, { ...stripped, headers }, [messaging.secret], NOW))).toBe('malformed');
  });

  test('no scheme, no header, no acceptance', () => {
    expect(toldBy(verifyWebhook([], signed(signing), [signing.secret], NOW))).toBe('missing_header');
    expect(check({ ...signed(signing), headers: {} }, [signing.secret])).toBe('missing_header');
  });
});

describe('A Standard Webhooks', () => {
  const one = example('Standard Webhooks');
  const withSignature = (value: string): SignedRequest => {
    const request = signed(one);
    return { ...request, headers: { ...request.headers, 'webhook-signature': value } };
  };
  const good = signed(one).headers['webhook-signature'] ?? '';
  const wrong = signed(one, { secret: one.other }).headers['webhook-signature'] ?? '';

  test('one good signature among several is enough, joined by a space or as Supabase joins them', () => {
    for (const value of [`${wrong} ${good}`, `${good} ${wrong}`, `v1a,abcd ${good}`, `${wrong}, ${good}`])
      expect(verdict(one, withSignature(value), [one.secret])).toBe('valid');
    expect(verdict(one, withSignature(`${wrong} ${wrong}`), [one.secret])).toBe('mismatch');
  });

  test('a signature of another version counts for nothing', () => {
    for (const value of [good.replace('v1,', 'v1a,'), good.replace('v1,', 'v2,'), good.slice(3)])
      expect(verdict(one, withSignature(value), [one.secret])).toBe('malformed');
  });

  test('takes secrets as Supabase writes them, asymmetric ones left out', () => {
    const supabase = `v1,${one.other}|v1,${one.secret}`;
    expect(verdict(one, signed(one), [supabase])).toBe('valid');
    expect(verdict(one, signed(one), [`v1,${one.secret}`])).toBe('valid');
    expect(verdict(one, signed(one), [one.secret.replace('whsec_', '')])).toBe('valid');
    expect(verdict(one, signed(one), ['v1a,whpk_abcd:whsk_abcd'])).toBe('no_secret');
  });

  test('a secret that is not base64, or empty behind its prefix, is no secret', () => {
    for (const secret of ['whsec_', 'v1,whsec_', 'whsec_é', 'whsec_a', '|', 'whsec_|whsec_'])
      expect(verdict(one, signed(one), [secret])).toBe('no_secret');
  });

  test('base64 has one spelling: no padding missing, no loose bits, no other alphabet', () => {
    const value = good.slice(3);
    const loose = `${value.slice(0, -2)}${String.fromCharCode(value.charCodeAt(value.length - 2) + 1)}=`;
    for (const odd of [value.replace(/=+$/, ''), loose, `${value}=`, value.replace(/.{4}/, '$&\n')])
      expect(verdict(one, withSignature(`v1,${odd}`), [one.secret])).toBe('malformed');
  });

  test('bytes cannot move between id, timestamp and body', () => {
    const key = Buffer.from(one.secret.slice(6), 'base64');
    const digest = createHmac('sha256', key).update(`a.${at}.${at}.{}`).digest('base64');
    const headers = { 'webhook-id': `a.${at}`, 'webhook-timestamp': at, 'webhook-signature': `v1,${digest}` };
    expect(verdict(one, { headers, body: bytes('{}'), url: URL_GIVEN }, [one.secret])).toBe('malformed');
  });
});

describe('B Stripe', () => {
  const one = example('Stripe');
  const body = bytes('{}');
  const check = (header: string): string =>
    verdict(one, { body, url: URL_GIVEN, headers: { 'stripe-signature': header } }, [one.secret]);
  const digest = (key: string | Buffer): string => createHmac('sha256', key).update(`${at}.{}`).digest('hex');
  const [good, wrong] = [digest(one.secret), digest(one.other)];

  test('the key is the whole secret, prefix included, never decoded', () => {
    expect(check(`t=${at},v1=${good}`)).toBe('valid');
    expect(check(`t=${at},v1=${digest(Buffer.from(one.secret.slice(6), 'base64'))}`)).toBe('mismatch');
    expect(check(`t=${at},v1=${digest(one.secret.slice(6))}`)).toBe('mismatch');
  });

  test('any v1 may match; v0 never does', () => {
    expect(check(`t=${at},v1=${wrong},v1=${good},v0=${wrong}`)).toBe('valid');
    expect(check(`t=${at}, v1=${good}`)).toBe('valid');
    expect(check(`t=${at},v0=${good}`)).toBe('malformed');
    expect(check(`t=${at},v1=${wrong},v0=${good}`)).toBe('mismatch');
  });

  test('two timestamps, none, or hex in capitals are refused', () => {
    expect(check(`t=1,t=${at},v1=${good}`)).toBe('malformed');
    expect(check(`v1=${good}`)).toBe('malformed');
    expect(check(`t=${at},v1=${good.toUpperCase()}`)).toBe('malformed');
  });
});

describe('D Twilio', () => {
  const one = example('Twilio');
  const scheme = one.scheme as UrlHmacScheme;
  const send = (signedUrl: string, url: string, body: Uint8Array): string => {
    const headers = signWebhook(scheme, { body, url: signedUrl }, one.secret, { id: '', now: NOW });
    return verdict(one, { headers, body, url }, [one.secret]);
  };
  const form = bytes('A=1');

  test('signs the URL with or without its port', () => {
    expect(send('https://x.test:443/hook?a=1', 'https://x.test/hook?a=1', form)).toBe('valid');
    expect(send('http://x.test:80/hook', 'http://x.test/hook', form)).toBe('valid');
    expect(send('https://x.test/hook', 'https://x.test:8443/hook', form)).toBe('valid');
    expect(send('https://x.test:8443/hook', 'https://x.test:8443/hook', form)).toBe('valid');
    expect(send('https://x.test:8444/hook', 'https://x.test/hook', form)).toBe('mismatch');
    expect(send('https://y.test/hook', 'https://x.test/hook', form)).toBe('mismatch');
  });

  test('signs the query as node:querystring writes it', () => {
    expect(send('https://x.test/h?a=(b)%20c', 'https://x.test/h?a=%28b%29+c', form)).toBe('valid');
  });

  test('repeated parameters count once, sorted', () => {
    const key = createHmac('sha1', one.secret).update(`${URL_GIVEN}A1A2B`).digest('base64');
    const request = { headers: { 'x-twilio-signature': key }, body: bytes('B=&A=2&A=1&A=2'), url: URL_GIVEN };
    expect(verdict(one, request, [one.secret])).toBe('valid');
  });

  test('a body that is not a form must be the one whose hash the URL carries', () => {
    const body = bytes('{"a":"é"}');
    const url = `${URL_GIVEN}?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    expect(send(url, url, body)).toBe('valid');
    const headers = signWebhook(scheme, { body, url }, one.secret, { id: '', now: NOW });
    expect(verdict(one, { headers, body: bytes('{"a":"e"}'), url }, [one.secret])).toBe('mismatch');
    expect(verdict(one, { headers, body: bytes(''), url }, [one.secret])).toBe('mismatch');
  });

  test('a byte cannot move from a key to the next', () => {
    const headers = signWebhook(scheme, { body: bytes('A=B'), url: URL_GIVEN }, one.secret, {
      id: '',
      now: NOW,
    });
    for (const text of ['A&B', 'AB'])
      expect(verdict(one, { headers, body: bytes(text), url: URL_GIVEN }, [one.secret])).toBe('mismatch');
  });
});

describe('E Daily', () => {
  const one = example('Daily');
  const sign = (text: string, time = at): SignedRequest['headers'] => ({
    'x-webhook-timestamp': time,
    'x-webhook-signature': createHmac('sha256', Buffer.from(one.secret, 'base64'))
      .update(`${time}.${text}`)
      .digest('base64'),
  });
  const check = (headers: SignedRequest['headers'], body: string): string =>
    verdict(one, { headers, body: bytes(body), url: URL_GIVEN }, [one.secret]);

  test('signs the raw bytes, or the JSON as written again', () => {
    expect(check(sign('{ "a": 1 }'), '{ "a": 1 }')).toBe('valid');
    expect(check(sign('{"a":1}'), '{ "a": 1 }')).toBe('valid');
    expect(check(sign('{"a":1}'), '{ "a": 2 }')).toBe('mismatch');
    expect(check(sign('{"a":1}'), 'not JSON')).toBe('mismatch');
  });

  test('other platforms sign the raw bytes alone', () => {
    const strict = { ...one, scheme: { ...one.scheme, restringified: false } as WebhookScheme };
    const request = { headers: sign('{"a":1}'), body: bytes('{ "a": 1 }'), url: URL_GIVEN };
    expect(verdict(strict, request, [one.secret])).toBe('mismatch');
  });

  test('a time in milliseconds is held to the same tolerance', () => {
    expect(check(sign('{}', `${at}123`), '{}')).toBe('valid');
    expect(check(sign('{}', `${Number(at) - 301}000`), '{}')).toBe('stale');
  });
});

test('signing with a secret that cannot sign is a fault, not an unsigned request', () => {
  const { scheme } = example('Standard Webhooks');
  const meta = { id: 'x', now: NOW };
  expect(() => signWebhook(scheme, { body: bytes(''), url: '' }, '', meta)).toThrow(/cannot sign/);
});
