import type { Clock, DistinctMeter, Limit, Log, MeteredCall, Plan, SumMeter, Window } from '@socle/kernel';

const text = (en: string) => ({ en, fr: en });

/** `max` units in `window`; the limit is named after its window. */
export function limit(id: string, max: number, window: Window): Limit {
  return { id, max, window };
}

export const perDay = (max: number, timeZone = 'UTC'): Limit =>
  limit('day', max, { kind: 'calendar', unit: 'day', timeZone });
export const perMonth = (max: number, timeZone = 'UTC'): Limit =>
  limit('month', max, { kind: 'calendar', unit: 'month', timeZone });
export const inAll = (max: number): Limit => limit('all', max, { kind: 'total' });
export const sliding = (max: number, seconds: number): Limit =>
  limit('sliding', max, { kind: 'rolling', seconds });

/** Counts the units that the input says, one by default. */
export function sum(id: string, limits: readonly Limit[], more: Partial<SumMeter> = {}): SumMeter {
  return {
    kind: 'sum',
    id,
    title: text(id),
    unit: text(id),
    limits,
    count: ({ input }) => (input as { units?: number } | null)?.units ?? 1,
    ...more,
  };
}

/** Counts the keys that the input names. */
export function distinct(
  id: string,
  limits: readonly Limit[],
  more: Partial<DistinctMeter> = {},
): DistinctMeter {
  return {
    kind: 'distinct',
    id,
    title: text(id),
    unit: text(id),
    limits,
    keys: ({ input }) => (input as { keys?: readonly string[] } | null)?.keys ?? [],
    ...more,
  };
}

export function plan(meters: Plan['meters'], more: Partial<Plan> = {}): Plan {
  return {
    id: 'free',
    title: 'Free',
    source: 'https://acme.test/pricing',
    checkedOn: '2026-01-01',
    maxAgeDays: 365,
    confirmed: true,
    onExceed: 'stop',
    meters,
    ...more,
  };
}

export function call(platform: string, input: unknown = {}): MeteredCall & { readonly platform: string } {
  return { platform, port: 'email', operation: 'send', input };
}

export interface FakeClock extends Clock {
  /** Moves on, or to an instant. */
  advance(ms: number): void;
  set(iso: string): void;
}

export function fakeClock(iso: string): FakeClock {
  let at = Date.parse(iso);
  return {
    now: () => new Date(at),
    advance: (ms) => {
      at += ms;
    },
    set: (to) => {
      at = Date.parse(to);
    },
  };
}

/** A log whose warnings and errors a test can read. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const keep = (_fields: unknown, message: string): void => void lines.push(message);
  return { lines, debug: () => undefined, info: () => undefined, warn: keep, error: keep };
}
