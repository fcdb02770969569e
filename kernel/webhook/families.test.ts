import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeaderMap, SignedRequest } from './scheme.ts';
import { signWebhook } from './sign.ts';
import { bodyFor, bytes, EXAMPLES, type Example, later, NOW, signed, URL_GIVEN, verdict } from './testing.ts';

const signatureHeaderOf = (headers: HeaderMap): string => Object.keys(headers).at(-1) ?? '';

function withSignature(request: SignedRequest, change: (value: string) => string): SignedRequest {
  const name = signatureHeaderOf(request.headers);
  return { ...request, headers: { ...request.headers, [name]: change(request.headers[name] ?? '') } };
}

describe.each(EXAMPLES)('$name', (example) => {
  const { scheme, secret, other } = example;

  test('accepts what was signed, non-ASCII text included', () => {
    expect(verdict(example, signed(example), [secret])).toBe('valid');
  });

  test('refuses another secret, and every secret when none is configured', () => {
    expect(verdict(example, signed(example), [other])).toBe('mismatch');
    for (const none of [[], [''], ['  ', '']])
      expect(verdict(example, signed(example), none)).toBe('no_secret');
  });

  test('an empty secret among others opens nothing', () => {
    expect(verdict(example, signed(example, { secret: other }), ['', secret])).toBe('mismatch');
  });

  test('takes the old and the new secret while one is rotated, and the old one no longer', () => {
    const [old, renewed] = [signed(example), signed(example, { secret: other })];
    expect(verdict(example, old, [other, secret])).toBe('valid');
    expect(verdict(example, renewed, [other, secret])).toBe('valid');
    expect(verdict(example, old, [other])).toBe('mismatch');
  });

  test('refuses a signature that is cut, lengthened, doubled or in another alphabet, without throwing', () => {
    const changes: ((value: string) => string)[] = [
      (value) => value.slice(0, -1),
      (value) => value.slice(0, -4),
      (value) => value.slice(0, 4),
      (value) => `${value}a`,
      (value) => `${value}aaaa`,
      (value) => `${value}é`,
      (value) => value.replace(/.$/s, '\u0000'),
      () => ',',
      () => '=',
      () => 'v1,',
      () => 't=,v1=',
    ];
    for (const change of changes)
      expect(verdict(example, withSignature(signed(example), change), [secret])).not.toBe('valid');
  });

  test('refuses a missing, empty or repeated header', () => {
    const request = signed(example);
    for (const name of Object.keys(request.headers)) {
      const value = request.headers[name] ?? '';
      const without = { ...request, headers: { ...request.headers, [name]: undefined } };
      const empty = { ...request, headers: { ...request.headers, [name]: '' } };
      const array = { ...request.headers, [name]: [value, value] } as unknown as HeaderMap;
      expect(verdict(example, without, [secret])).toBe('missing_header');
      expect(verdict(example, empty, [secret])).toBe('missing_header');
      expect(verdict(example, { ...request, headers: array }, [secret])).toBe('malformed');
    }
  });

  test('what is signed verifies, for any body; a mutated body or header does not', () => {
    fc.assert(
      fc.property(anyBody(example), fc.nat(), fc.integer({ min: 1, max: 255 }), (text, place, mask) => {
        const body = bytes(text);
        const headers = signWebhook(scheme, { body, url: URL_GIVEN }, secret, { id: 'msg_1', now: NOW });
        const request = { body, url: URL_GIVEN, headers };
        expect(verdict(example, request, [secret])).toBe('valid');
        expect(verdict(example, mutateHeader(request, place, mask), [secret])).not.toBe('valid');
        if (example.bodyIsLoose || body.length === 0) return;
        const mutated = Uint8Array.from(body, (byte, at) =>
          at === place % body.length ? byte ^ mask : byte,
        );
        expect(verdict(example, { ...request, body: mutated }, [secret])).not.toBe('valid');
      }),
      { numRuns: 150 },
    );
  });
});

describe.each(EXAMPLES.filter(({ scheme }) => 'toleranceSeconds' in scheme))('$name, in time', (example) => {
  test('keeps the tolerance exactly, both ways', () => {
    const at = (seconds: number): string =>
      verdict(example, signed(example, { now: later(seconds) }), [example.secret]);
    expect([-300, 0, 300].map(at)).toEqual(['valid', 'valid', 'valid']);
    expect([-301, 301, -86_400, 86_400].map(at)).toEqual(['stale', 'stale', 'stale', 'stale']);
  });

  test('refuses a timestamp that is not one', () => {
    const request = signed(example);
    const at = String(Math.floor(NOW.getTime() / 1000));
    for (const odd of [
      '',
      ' ',
      'NaN',
      '-1',
      `${at}.0`,
      `+${at}`,
      ` ${at}`,
      `${at}, ${at}`,
      '1e9',
      '0x1',
      '9'.repeat(40),
    ]) {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value = '']) => [
          name,
          value === at ? odd : value.replace(`t=${at}`, `t=${odd}`),
        ]),
      );
      expect(verdict(example, { ...request, headers }, [example.secret])).not.toBe('valid');
    }
  });
});

describe.each(EXAMPLES.filter(({ scheme }) => scheme.family !== 'static-secret'))(
  '$name, whole',
  (example) => {
    test('refuses a flipped byte of the body', () => {
      const request = signed(example);
      for (const at of [5, request.body.length - 3]) {
        const body = Uint8Array.from(request.body, (byte, index) => (index === at ? byte ^ 1 : byte));
        expect(verdict(example, { ...request, body }, [example.secret])).not.toBe('valid');
      }
    });
  },
);

function anyBody(example: Example): fc.Arbitrary<string> {
  const plain = Buffer.from(bodyFor(example)).toString();
  return example.scheme.family === 'url-hmac' && example.scheme.covers === 'url+form'
    ? fc.dictionary(fc.string(), fc.string()).map((form) => String(new URLSearchParams(form)))
    : fc.oneof(fc.constant(plain), fc.string({ unit: 'binary' }), fc.json());
}

/** One byte of one header, the id and the timestamp included. */
function mutateHeader(request: SignedRequest, place: number, mask: number): SignedRequest {
  const names = Object.keys(request.headers);
  const name = names[place % names.length] ?? '';
  const value = request.headers[name] ?? '';
  const at = place % value.length;
  const mutated = String.fromCharCode(value.charCodeAt(at) ^ mask);
  return {
    ...request,
    headers: { ...request.headers, [name]: value.slice(0, at) + mutated + value.slice(at + 1) },
  };
}
