import { ERROR_CODES, type ErrorCode, SocleError } from '@socle/kernel';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { judge, RETRYING, type Trial, toStepError } from './verdict.ts';

const now = new Date('2026-11-21T10:00:00Z');
const trial: Trial = { attempt: 1, retrying: RETRYING, now, random: 1 };
const error = (code: ErrorCode, details = {}) => new SocleError(code, 'x', details);

test('every code leads somewhere', () => {
  const fates = Object.fromEntries(
    (Object.keys(ERROR_CODES) as ErrorCode[]).map((code) => [code, judge(error(code), trial).to]),
  );
  expect(fates).toEqual({
    ...Object.fromEntries(Object.keys(ERROR_CODES).map((code) => [code, 'failed'])),
    rate_limited: 'waiting',
    unavailable: 'waiting',
    timeout: 'waiting',
    outcome_unknown: 'parked',
  });
});

test('the back-off doubles up to its ceiling, with jitter, and ends', () => {
  const after = (attempt: number, random = 1) => judge(error('unavailable'), { ...trial, attempt, random });
  expect([1, 2, 3, 11].map((attempt) => after(attempt))).toEqual(
    [1000, 2000, 4000, 600_000].map((afterMs) => ({ to: 'waiting', afterMs, counts: true })),
  );
  expect(after(3, 0)).toMatchObject({ afterMs: 2000 });
  expect(after(RETRYING.attempts)).toEqual({ to: 'failed' });
});

test('a vendor that says when is not asked before', () => {
  expect(judge(error('rate_limited', { retryAfterMs: 90_000 }), trial)).toMatchObject({ afterMs: 90_000 });
});

test('a call that is under way elsewhere is no try of ours; any other conflict is final', () => {
  const last = { ...trial, attempt: 1000 };
  expect(judge(error('conflict', { retryAfterMs: 500 }), last)).toEqual({
    to: 'waiting',
    afterMs: 500,
    counts: false,
  });
  expect(judge(error('conflict'), trial)).toEqual({ to: 'failed' });
});

test('a deferred call defers its run until the window opens; one that opened already waits for nothing', () => {
  const until = (deferredUntil: string) => judge(error('quota_exceeded', { deferredUntil }), trial);
  expect(until('2026-11-21T11:00:00Z')).toEqual({ to: 'deferred', afterMs: 3_600_000, counts: false });
  expect(until('2026-11-21T09:00:00Z')).toMatchObject({ to: 'deferred', afterMs: 0 });
});

test('what is thrown becomes one error of the table', () => {
  const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' });
  const duplicate = Object.assign(new Error('duplicate key'), { code: '23505' });
  expect(toStepError(deadlock).code).toBe('unavailable');
  expect(toStepError(duplicate).code).toBe('internal');
  expect(toStepError('text')).toMatchObject({ code: 'internal', message: 'text' });
  const mismatch = z.object({ n: z.number() }).safeParse({ n: 'x' }).error;
  expect(toStepError(mismatch).message).toContain('→ at n');
});
