import type { Window } from '@socle/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { periodOf } from './window.ts';

const HOUR = 3_600_000;
const calendar = (unit: 'hour' | 'day' | 'month', timeZone: string): Window => ({
  kind: 'calendar',
  unit,
  timeZone,
});

function turn(window: Window, at: string): { starts: string; ends: string; hours: number } {
  const { startsMs, endsMs } = periodOf(window, Date.parse(at));
  const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
  return { starts: iso(startsMs), ends: iso(endsMs), hours: (endsMs - startsMs) / HOUR };
}

describe('calendar windows', () => {
  it.each([
    ['UTC', '2026-11-21T23:59:59.999Z', '2026-11-21T00:00:00Z', 24],
    ['UTC', '2026-11-22T00:00:00Z', '2026-11-22T00:00:00Z', 24],
    ['America/Los_Angeles', '2026-11-21T07:59:59Z', '2026-11-20T08:00:00Z', 24],
    // spring forward, fall back
    ['Europe/Paris', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00Z', 23],
    ['Europe/Paris', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00Z', 25],
    // midnight does not exist; midnight happens twice
    ['Africa/Cairo', '2026-04-24T12:00:00Z', '2026-04-23T22:00:00Z', 23],
    ['America/Havana', '2026-11-01T12:00:00Z', '2026-11-01T04:00:00Z', 25],
    // a shift of half an hour; a zone with quarters
    ['Australia/Lord_Howe', '2026-04-05T01:00:00Z', '2026-04-04T13:00:00Z', 24.5],
    ['Asia/Kathmandu', '2026-06-15T12:00:00Z', '2026-06-14T18:15:00Z', 24],
    // the day that Samoa never had
    ['Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-30T10:00:00Z', 24],
  ])('day in %s at %s', (timeZone, at, starts, hours) => {
    expect(turn(calendar('day', timeZone), at)).toMatchObject({ starts, hours });
  });

  it.each([
    ['UTC', '2026-02-28T23:59:59.999Z', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['UTC', '2028-02-29T12:00:00Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['UTC', '2026-12-31T23:59:59Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['Europe/Paris', '2026-03-31T21:59:59Z', '2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z'],
    ['America/New_York', '2026-11-01T03:59:59Z', '2026-10-01T04:00:00Z', '2026-11-01T04:00:00Z'],
  ])('month in %s at %s', (timeZone, at, starts, ends) => {
    expect(turn(calendar('month', timeZone), at)).toMatchObject({ starts, ends });
  });

  it('counts the hour that autumn repeats as two', () => {
    const hour = calendar('hour', 'Europe/Paris');
    expect(turn(hour, '2026-10-25T00:30:00Z')).toMatchObject({ starts: '2026-10-25T00:00:00Z', hours: 1 });
    expect(turn(hour, '2026-10-25T01:30:00Z')).toMatchObject({ starts: '2026-10-25T01:00:00Z', hours: 1 });
    expect(turn(calendar('hour', 'Asia/Kathmandu'), '2026-06-15T12:20:00Z').starts).toBe(
      '2026-06-15T12:15:00Z',
    );
  });

  it('leaves no instant out and none in two turns', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const [from, to] = [Date.parse('2015-01-01T00:00:00Z'), Date.parse('2035-01-01T00:00:00Z')];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom('hour', 'day', 'month'),
        fc.integer({ min: from, max: to }),
        (timeZone, unit, now) => {
          const window = calendar(unit, timeZone);
          const turn = periodOf(window, now);
          expect(turn.startsMs <= now && now < turn.endsMs).toBe(true);
          expect(periodOf(window, turn.startsMs)).toEqual(turn);
          expect(periodOf(window, turn.endsMs - 1)).toEqual(turn);
          expect(periodOf(window, turn.endsMs).startsMs).toBe(turn.endsMs);
          expect(periodOf(window, turn.startsMs - 1).endsMs).toBe(turn.startsMs);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

it('turns fixed windows at multiples since the epoch', () => {
  const window: Window = { kind: 'fixed', seconds: 300 };
  expect(turn(window, '2026-11-21T10:04:59.999Z')).toMatchObject({
    starts: '2026-11-21T10:00:00Z',
    ends: '2026-11-21T10:05:00Z',
  });
  expect(turn(window, '2026-11-21T10:05:00Z').starts).toBe('2026-11-21T10:05:00Z');
});

it('never turns a total or a rolling window, and tells kinds apart', () => {
  const keys = [
    periodOf({ kind: 'total' }, 0),
    periodOf({ kind: 'rolling', seconds: 10 }, 0),
    periodOf({ kind: 'rolling', seconds: 60 }, 0),
  ];
  expect(keys.every(({ endsMs }) => endsMs === Number.POSITIVE_INFINITY)).toBe(true);
  expect(new Set(keys.map(({ key }) => key)).size).toBe(3);
});
