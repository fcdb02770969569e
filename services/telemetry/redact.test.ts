import { SocleError } from '@socle/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from './redact.ts';

const secret = 'sk_test_"a+b/c d&é\\ü<1>';

const FORMS: readonly (readonly [string, string])[] = [
  ['raw', secret],
  ['base64', Buffer.from(secret).toString('base64')],
  ['base64url', Buffer.from(secret).toString('base64url')],
  ['hex', Buffer.from(secret).toString('hex')],
  ['HEX', Buffer.from(secret).toString('hex').toUpperCase()],
  ['URL', encodeURIComponent(secret)],
  ['form', new URLSearchParams({ key: secret }).toString().slice(4)],
  ['JSON', JSON.stringify(secret).slice(1, -1)],
  ['JSON in JSON', JSON.stringify(JSON.stringify(secret))],
];

test.each(FORMS)('scrubs the %s form', (_name, form) => {
  const clean = createRedactor([secret]).text(`before ${form} after`);
  expect(clean).toContain('[redacted]');
  expect(clean).not.toContain(form);
});

test('scrubs a secret in the middle of a base64 text, wherever it begins', () => {
  const redactor = createRedactor([secret]);
  for (const before of ['', 'a', 'ab', 'abc:', 'user:']) {
    const text = Buffer.from(`${before}${secret}:after`).toString('base64');
    expect(redactor.text(`Basic ${text}`), before).toContain('[redacted]');
  }
});

test('no encoding of any secret survives', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 6, maxLength: 40, unit: 'binary' }), { minLength: 1, maxLength: 5 }),
      (secrets) => {
        const redactor = createRedactor(secrets);
        for (const one of secrets) {
          const bytes = Buffer.from(one, 'utf8');
          if (bytes.toString('utf8') !== one) continue;
          const line = JSON.stringify({ a: one, b: bytes.toString('hex'), c: bytes.toString('base64') });
          const told = JSON.parse(redactor.text(line)) as Record<string, string>;
          expect(told.a).not.toContain(one);
          expect(told.b).not.toContain(bytes.toString('hex'));
          expect(told.c).not.toContain(bytes.toString('base64'));
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('goes through objects, errors and circles', () => {
  const redactor = createRedactor(['canary-value']);
  const circle: Record<string, unknown> = { 'canary-value': ['x canary-value y'], at: new Date(0) };
  circle.self = circle;
  expect(JSON.stringify(redactor.value(circle))).not.toContain('canary-value');
  const error = new SocleError(
    'internal',
    'with canary-value',
    { vendor: { code: 'canary-value' } },
    new Error('canary-value'),
  );
  const clean = redactor.error(error);
  expect(JSON.stringify(clean)).toBe(
    '{"code":"internal","message":"with [redacted]","details":{"vendor":{"code":"[redacted]"}}}',
  );
  expect(clean.cause).toBe(error.cause);
});

test('short values are left alone, and new secrets are taken over while old ones stay secret', () => {
  const redactor = createRedactor(['abc']);
  expect(redactor.text('abc')).toBe('abc');
  redactor.update(['first-secret']);
  redactor.update(['second-secret']);
  expect(redactor.text('first-secret second-secret')).toBe('[redacted] [redacted]');
});

test('of two secrets of which one begins the other, nothing of the longer one is left', () => {
  expect(createRedactor(['secret', 'secret-longer']).text('secret-longer')).toBe('[redacted]');
});
