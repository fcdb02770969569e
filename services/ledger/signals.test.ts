import { describe, expect, it } from 'vitest';
import { readSignals, type VendorSignal } from './signals.ts';
import { distinct, limit, perDay, perMonth, plan, sliding, sum } from './testing/plans.ts';

const now = Date.parse('2026-11-21T12:00:00Z');
const inSeconds = (seconds: number): Date => new Date(now + seconds * 1000);

const acme = plan([
  sum('requests', [sliding(10, 1), limit('minute', 600, { kind: 'fixed', seconds: 60 })]),
  sum('emails', [perDay(100), perMonth(3000)]),
  sum('tokens', [limit('minute', 90_000, { kind: 'rolling', seconds: 60 })]),
  distinct('users', [perMonth(50)]),
]);
const single = plan([sum('requests', [limit('hour', 5000, { kind: 'fixed', seconds: 3600 })])]);

function read(headers: Record<string, string>, status = 200, of = acme): readonly VendorSignal[] {
  return readSignals(of, { headers: new Headers(headers), status, now });
}

describe('readSignals', () => {
  it('finds the limit by its number', () => {
    expect(read({ 'RateLimit-Limit': '10', 'RateLimit-Remaining': '3', 'RateLimit-Reset': '1' })).toEqual([
      { meter: 'requests', limit: 'sliding', remaining: 3, resetsAt: inSeconds(1) },
    ]);
  });

  it('finds the limit by the length of the policy, whatever its number', () => {
    expect(
      read({ 'ratelimit-policy': '5;w=60', 'ratelimit-limit': '5', 'ratelimit-remaining': '4' }, 200, single),
    ).toEqual([]);
    expect(read({ 'ratelimit-policy': '5;w=3600', 'ratelimit-remaining': '4' }, 200, single)).toEqual([
      { meter: 'requests', limit: 'hour', remaining: 4 },
    ]);
  });

  it('finds the meter by the name in the header', () => {
    expect(
      read({
        'x-ratelimit-limit-tokens': '90000',
        'x-ratelimit-remaining-tokens': '89000',
        'x-ratelimit-reset-tokens': '6m0s',
        'anthropic-ratelimit-day-remaining': '7',
      }),
    ).toEqual(
      [
        { meter: 'tokens', limit: 'minute', remaining: 89_000, resetsAt: inSeconds(360) },
        { meter: 'emails', limit: 'day', remaining: 7 },
      ].reverse(),
    );
  });

  it.each([
    ['30', inSeconds(30)],
    ['1.5', inSeconds(1.5)],
    [String(now / 1000 + 90), inSeconds(90)],
    [String(now + 90_000), inSeconds(90)],
    ['20ms', inSeconds(0.02)],
    ['1h2m3s', inSeconds(3723)],
    ['2026-11-21T12:01:00Z', inSeconds(60)],
    ['Sat, 21 Nov 2026 12:01:00 GMT', inSeconds(60)],
  ])('reads the reset %s', (value, resetsAt) => {
    const headers = { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': value };
    expect(read(headers, 200, single)).toEqual([
      { meter: 'requests', limit: 'hour', remaining: 1, resetsAt },
    ]);
  });

  it('reads vendor spellings', () => {
    for (const prefix of ['X-Rate-Limit-', 'X-FeatureRateLimit-', 'x-acme-ratelimit-']) {
      expect(read({ [`${prefix}Remaining`]: '499' }, 200, single)).toMatchObject([{ remaining: 499 }]);
    }
    expect(read({ 'ratelimit-limit': '10, 10;w=1', 'ratelimit-remaining': '9' })).toMatchObject([
      { limit: 'sliding' },
    ]);
  });

  it('reads the structured fields of the IETF drafts', () => {
    expect(
      read({
        'RateLimit-Policy': '"burst";q=10;w=1, "sustained";q=600;w=60',
        RateLimit: '"burst";r=2;t=1, "sustained";r=500;t=30',
      }),
    ).toEqual([
      { meter: 'requests', limit: 'sliding', remaining: 2, resetsAt: inSeconds(1) },
      { meter: 'requests', limit: 'minute', remaining: 500, resetsAt: inSeconds(30) },
    ]);
    expect(read({ ratelimit: 'limit=5000, remaining=50, reset=30' }, 200, single)).toEqual([
      { meter: 'requests', limit: 'hour', remaining: 50, resetsAt: inSeconds(30) },
    ]);
  });

  it('says nothing where a reading fits no limit, or several', () => {
    expect(read({ 'x-ratelimit-remaining': '3' })).toEqual([]);
    expect(read({ 'x-ratelimit-remaining-cats': '3' })).toEqual([]);
    expect(
      read({ 'x-ratelimit-limit': '10', 'x-ratelimit-used': '3', 'x-ratelimit-resource': 'core' }),
    ).toEqual([]);
    expect(read({ 'x-ratelimit-remaining': 'many', 'x-ratelimit-reset': 'soon' }, 200, single)).toEqual([]);
    expect(read({ 'x-ratelimit-remaining': '-1' }, 200, single)).toEqual([]);
    expect(read({ 'content-type': 'text/plain' })).toEqual([]);
  });

  it('reads Retry-After where it is about limits', () => {
    expect(read({ 'retry-after': '7' }, 429)).toEqual([{ retryAfterMs: 7000 }]);
    expect(read({ 'retry-after': 'Sat, 21 Nov 2026 12:00:09 GMT' }, 503)).toEqual([{ retryAfterMs: 9000 }]);
    expect(read({ 'retry-after': '7' }, 301)).toEqual([]);
    expect(read({ 'retry-after': '0' }, 429)).toEqual([]);
    expect(read({ 'retry-after': 'soon' }, 429)).toEqual([]);
  });
});
