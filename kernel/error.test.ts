import { expect, test } from 'vitest';
import { ERROR_CODES, type ErrorCode, isSocleError, mayHaveApplied, SocleError } from './error.ts';

test('an error keeps its cause and says where it happened', () => {
  const cause = new Error('socket');
  const error = new SocleError('unavailable', 'gone', { retryAfterMs: 5 }, cause);
  const told = error.with({ port: 'email', platform: 'resend' });
  expect([told.code, told.message, told.cause, told.details]).toEqual([
    'unavailable',
    'gone',
    cause,
    { retryAfterMs: 5, port: 'email', platform: 'resend' },
  ]);
  expect(error.details).toEqual({ retryAfterMs: 5 });
  expect(new SocleError('internal', 'x')).not.toHaveProperty('cause');
});

test('its JSON is code, message and details: never the cause or the stack', () => {
  const error = new SocleError('declined', 'no', { vendor: { status: 402 } }, new Error('secret cause'));
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    code: 'declined',
    message: 'no',
    details: { vendor: { status: 402 } },
  });
});

test('it is recognised by its mark, also from another copy of this package', () => {
  const copy = Object.assign(new Error('x'), {
    [Symbol.for('socle.error')]: true,
    code: 'declined',
    details: {},
  });
  expect([new SocleError('internal', 'x'), copy].every(isSocleError)).toBe(true);
  const others: unknown[] = [
    new Error('x'),
    { code: 'internal', details: {} },
    undefined,
    null,
    'socle.error',
    7,
  ];
  expect(others.some(isSocleError)).toBe(false);
});

test('what may have had an effect is known for every code, and what the adapter says goes first', () => {
  const maybe = (Object.keys(ERROR_CODES) as ErrorCode[]).filter((code) =>
    mayHaveApplied(new SocleError(code, 'x')),
  );
  expect(maybe).toEqual([
    'unavailable',
    'timeout',
    'cancelled',
    'outcome_unknown',
    'vendor_contract',
    'internal',
  ]);
  expect(mayHaveApplied(new SocleError('unavailable', 'x', { applied: 'no' }))).toBe(false);
  expect(mayHaveApplied(new SocleError('declined', 'x', { applied: 'unknown' }))).toBe(true);
});
