import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { mayHaveApplied, SocleError } from './error.ts';
import { fromTransportFailure, fromVendorAnswer, readRetryAfterMs } from './vendor-error.ts';

describe('fromVendorAnswer', () => {
  test.each([
    [400, 'invalid_argument', false],
    [401, 'misconfigured', false],
    [402, 'declined', false],
    [403, 'permission_denied', false],
    [404, 'not_found', false],
    [405, 'vendor_contract', true],
    [409, 'conflict', false],
    [410, 'not_found', false],
    [412, 'precondition_failed', false],
    [413, 'invalid_argument', false],
    [415, 'vendor_contract', true],
    [418, 'vendor_contract', true],
    [422, 'invalid_argument', false],
    [429, 'rate_limited', false],
    [500, 'unavailable', true],
    [502, 'unavailable', true],
    [503, 'unavailable', true],
    [504, 'unavailable', true],
    [302, 'vendor_contract', true],
  ])('%i is %s', (status, code, applied) => {
    const error = fromVendorAnswer({ status, message: 'why' });
    expect([error.code, mayHaveApplied(error), error.details.vendor]).toEqual([code, applied, { status }]);
  });

  test('the vendor’s own code says more than the status', () => {
    const answer = { status: 400, message: 'm', code: 'expired_card', requestId: 'r', cause: 'c' };
    const error = fromVendorAnswer(answer, 'declined');
    expect([error.code, error.details.vendor, error.cause]).toEqual([
      'declined',
      { status: 400, code: 'expired_card', requestId: 'r' },
      'c',
    ]);
  });

  test('says how long to wait where the vendor says so', () => {
    const headers = new Headers({ 'retry-after': '3' });
    expect(fromVendorAnswer({ status: 429, message: 'm', headers }).details.retryAfterMs).toBe(3000);
    expect(fromVendorAnswer({ status: 429, message: 'm' }).details).not.toHaveProperty('retryAfterMs');
  });
});

test.each([
  ['0', 0],
  ['1.5', 1500],
  ['-5', 0],
  ['Sat, 21 Nov 2026 10:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
  ['soon', undefined],
  ['Infinity', undefined],
  ['', undefined],
])('Retry-After %s is %s ms', (value, expected) => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  expect(readRetryAfterMs({ get: () => value }, now)).toBe(expected);
});

describe('fromTransportFailure', () => {
  const failure = (code: string) => fromTransportFailure(new TypeError('fetch failed', { cause: { code } }));

  test.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('%s: nothing was sent', (code) => {
    expect(failure(code)).toMatchObject({ code: 'unavailable', details: { applied: 'no' } });
  });

  test.each([
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'UND_ERR_SOCKET',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT',
  ])('%s: it may have arrived', (code) => {
    expect(failure(code)).toMatchObject({ code: 'unavailable', details: { applied: 'unknown' } });
  });

  test('being cut off is a timeout in doubt', () => {
    for (const thrown of [AbortSignal.abort().reason, new DOMException('x', 'TimeoutError')])
      expect(fromTransportFailure(thrown)).toMatchObject({
        code: 'timeout',
        details: { applied: 'unknown' },
      });
  });

  test('our own refusal comes through as it is, however deep', () => {
    const own = new SocleError('permission_denied', 'egress');
    expect(fromTransportFailure(new Error('a', { cause: new Error('b', { cause: own }) }))).toBe(own);
  });

  test('anything else is not a network failure; a circle ends', () => {
    const circle = new Error('x');
    circle.cause = circle;
    for (const thrown of [undefined, null, 'ECONNREFUSED', 7, {}, { code: 7 }, new Error('x'), circle])
      expect(fromTransportFailure(thrown)).toBeUndefined();
  });

  test('reads what Node’s own fetch throws', async () => {
    const server = createServer((_request, response) => response.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const cut = await fetch(url).catch((thrown) => fromTransportFailure(thrown));
    expect(cut).toMatchObject({ code: 'unavailable', details: { applied: 'unknown' } });
    await new Promise((resolve) => server.close(resolve));
    const refused = await fetch(url).catch((thrown) => fromTransportFailure(thrown));
    expect(refused).toMatchObject({ code: 'unavailable', details: { applied: 'no' } });
  });
});
