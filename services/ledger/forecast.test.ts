import { describe, expect, it } from 'vitest';
import { markDistance, wallAt } from './forecast.ts';

const HOUR = 3_600_000;

describe('wallAt', () => {
  const day = {
    now: 12 * HOUR,
    max: 100,
    total: 60,
    pastMs: 8 * HOUR,
    pastUnits: 40,
    markMs: 3 * HOUR,
    endsMs: 24 * HOUR,
  };

  it('draws the pace since the mark on', () => {
    expect(wallAt(day)).toBe(20 * HOUR);
  });

  it('is silent when the window turns first, or nothing is used', () => {
    expect(wallAt({ ...day, endsMs: 20 * HOUR })).toBeNull();
    expect(wallAt({ ...day, pastUnits: 60 })).toBeNull();
    expect(wallAt({ ...day, pastUnits: 70 })).toBeNull();
  });

  it('is now once the limit is reached', () => {
    expect(wallAt({ ...day, total: 100 })).toBe(day.now);
  });

  it('does not take a first burst for a pace', () => {
    expect(wallAt({ ...day, now: 1, total: 3, pastMs: 0, pastUnits: 0 })).toBeNull();
  });
});

it('marks eighths of a window, and days of a total', () => {
  expect(markDistance(0, 24 * HOUR)).toBe(3 * HOUR);
  expect(markDistance(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(24 * HOUR);
});
