import type { Window } from '@socle/kernel';

/** One turn of a window. Instants are milliseconds since the epoch; the end is the first that is not in it. */
export interface Period {
  /** Tells turns and kinds of window apart: what a counter is stored under. */
  readonly key: string;
  readonly startsMs: number;
  readonly endsMs: number;
}

const HOUR = 3_600_000;

/** Longer than the longest hour, day and month of any calendar, daylight saving included. */
const SPAN = { hour: 2 * HOUR, day: 50 * HOUR, month: 32 * 24 * HOUR } as const;

/** The turn that `now` is in. A rolling window and a total have one turn that never ends. */
export function periodOf(window: Window, now: number): Period {
  switch (window.kind) {
    case 'total':
      return { key: 'total', startsMs: Number.NEGATIVE_INFINITY, endsMs: Number.POSITIVE_INFINITY };
    case 'rolling':
      return {
        key: `rolling/${window.seconds}`,
        startsMs: Number.NEGATIVE_INFINITY,
        endsMs: Number.POSITIVE_INFINITY,
      };
    case 'fixed': {
      const length = window.seconds * 1000;
      const startsMs = Math.floor(now / length) * length;
      return between(startsMs, startsMs + length);
    }
    case 'calendar':
      return calendarPeriod(window, now);
  }
}

function between(startsMs: number, endsMs: number): Period {
  return { key: `${new Date(startsMs).toISOString()}/${new Date(endsMs).toISOString()}`, startsMs, endsMs };
}

/**
 * The instants that bear the same local label as `now`. Asked of the time zone database itself rather than
 * computed from offsets, so missing and repeated midnights come out right.
 */
function calendarPeriod(window: Extract<Window, { kind: 'calendar' }>, now: number): Period {
  const { label, recent } = calendar(window.unit, window.timeZone);
  const known = recent.find(({ startsMs, endsMs }) => startsMs <= now && now < endsMs);
  if (known) return known;
  const current = label.format(now);
  const isCurrent = (instant: number): boolean => label.format(instant) === current;
  const span = SPAN[window.unit];
  const startsMs = firstWhere((instant) => isCurrent(instant), now - span, now);
  const endsMs = firstWhere((instant) => !isCurrent(instant), now, now + span);
  const period = between(startsMs, endsMs);
  recent.unshift(period);
  recent.length = Math.min(recent.length, KEPT_TURNS);
  return period;
}

/** The first instant after `from` that fits; `to` is known to fit, `from` not to. */
function firstWhere(fits: (instant: number) => boolean, from: number, to: number): number {
  let [before, after] = [from, to];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (fits(middle)) after = middle;
    else before = middle;
  }
  return after;
}

interface Calendar {
  readonly label: Intl.DateTimeFormat;
  /** Turns that were worked out lately: it takes some sixty questions each. */
  readonly recent: Period[];
}

const KEPT_TURNS = 8;
const calendars = new Map<string, Calendar>();

function calendar(unit: keyof typeof SPAN, timeZone: string): Calendar {
  const id = `${unit} ${timeZone}`;
  const known = calendars.get(id);
  if (known) return known;
  const label = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    ...(unit === 'month' ? {} : { day: 'numeric' }),
    // with its offset, so that the hour that autumn repeats is two hours
    ...(unit === 'hour' ? { hour: 'numeric', hourCycle: 'h23', timeZoneName: 'longOffset' } : {}),
  });
  const created: Calendar = { label, recent: [] };
  calendars.set(id, created);
  return created;
}
