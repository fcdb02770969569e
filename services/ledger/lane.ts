import type { Sql } from '@socle/kernel';
import type { Counter } from './counter.ts';
import { markDistance } from './forecast.ts';

export interface Wanted {
  readonly counter: Counter;
  readonly units: number;
  /** Of a distinct meter's keys. */
  readonly digests?: readonly string[];
}

export interface Delta {
  readonly counter: Counter;
  readonly used?: number;
  readonly held?: number;
  readonly leased?: number;
  /** When a rolling window's units were reserved. */
  readonly at?: number;
}

/** One entry of a batch: see schema/0002-quota-apply.sql. */
export type Operation =
  | { readonly do: 'reserve'; readonly at: number; readonly needs: readonly Wanted[] }
  | { readonly do: 'adjust'; readonly deltas: readonly Delta[] }
  | {
      readonly do: 'keys';
      readonly counter: Counter;
      readonly digests: readonly string[];
      readonly settled: boolean;
    }
  | { readonly do: 'lease'; readonly wants: readonly (Wanted & { readonly margin: number })[] }
  | { readonly do: 'observe'; readonly counter: Counter; readonly remaining: number; readonly at: number }
  | { readonly do: 'pause'; readonly until: number };

export type Verdict =
  | true
  /** Of a lease: the units granted to each. */
  | readonly number[]
  | { readonly refused: Counter; readonly used: number; readonly resetsMs: number | null }
  /** Unused units lie with other processes: ask again in a moment. */
  | { readonly wait: Counter }
  | { readonly paused: number };

export interface Warning {
  readonly counter: Counter;
  readonly level: 80 | 95;
  readonly used: number;
}

export interface LaneOptions {
  readonly platform: string;
  readonly sql: Sql;
  readonly now: () => number;
  onWarning(warning: Warning): void;
  onPause(untilMs: number): void;
}

/** The way of one platform's operations to the database: in order, one batch at a time, one round trip a batch. */
export interface Lane {
  run(operation: Operation): Promise<Verdict>;
  /** Resolves when all that was asked so far is written. */
  idle(): Promise<void>;
}

const MAX_BATCH = 500;
/** Windows shorter than this come and go too fast for anybody to act on a warning. */
const MIN_WARNED_MS = 60_000;
const KEPT_TURNS = 13;
const MIN_KEPT_MS = 3_600_000;

interface Pending {
  readonly operation: Operation;
  resolve(verdict: Verdict): void;
  reject(error: unknown): void;
}

interface Answer {
  readonly results: readonly unknown[];
  readonly free: readonly number[];
  readonly warnings: readonly { readonly c: number; readonly level: 80 | 95; readonly used: number }[];
  readonly pausedUntil: number;
}

export function createLane(options: LaneOptions): Lane {
  const queue: Pending[] = [];
  let draining: Promise<void> | undefined;

  const drain = async (): Promise<void> => {
    await undefined; // lets the calls of this very tick join
    while (queue.length > 0) {
      const batch = queue.splice(0, MAX_BATCH);
      try {
        const verdicts = await apply(
          options,
          batch.map((one) => one.operation),
        );
        batch.forEach((one, index) => void one.resolve(verdicts[index] as Verdict));
      } catch (error) {
        // never sent again: it may have been written, and writing it twice would lose count
        for (const one of batch) one.reject(error);
      }
    }
    draining = undefined;
  };

  return {
    run: (operation) =>
      new Promise((resolve, reject) => {
        queue.push({ operation, resolve, reject });
        draining ??= drain();
      }),
    idle: async () => draining,
  };
}

async function apply(options: LaneOptions, operations: readonly Operation[]): Promise<readonly Verdict[]> {
  const counters = new Map<Counter, number>();
  const indexOf = (counter: Counter): number => {
    const known = counters.get(counter);
    if (known !== undefined) return known;
    counters.set(counter, counters.size);
    return counters.size - 1;
  };
  const encoded = operations.map((operation) => encode(operation, indexOf));
  const listed = [...counters.keys()];
  const now = options.now();
  const rows = await options.sql.query<{ answer: Answer }>(
    'select socle.quota_apply($1, $2, $3::jsonb, $4::jsonb) as answer',
    [options.platform, now, JSON.stringify(listed.map((one) => describe(one, now))), JSON.stringify(encoded)],
  );
  const answer = rows[0]?.answer as Answer;
  listed.forEach((counter, index) => {
    counter.free = answer.free[index];
  });
  if (answer.pausedUntil > now) options.onPause(answer.pausedUntil);
  for (const { c, level, used } of answer.warnings)
    options.onWarning({ counter: listed[c] as Counter, level, used });
  return answer.results.map((result) => decode(result, listed));
}

function describe({ rule, period }: Counter, now: number): object {
  const { startsMs, endsMs } = period;
  const lengthMs = rule.rollingMs ?? endsMs - startsMs;
  const ends = Number.isFinite(endsMs);
  return {
    meter: rule.meter.id,
    limit: rule.limit.id,
    period: period.key,
    endsAt: ends ? new Date(endsMs) : null,
    keepUntil: ends ? new Date(endsMs + Math.max(MIN_KEPT_MS, KEPT_TURNS * lengthMs)) : null,
    startsMs: ends ? startsMs : now,
    max: rule.max,
    rollingMs: rule.rollingMs,
    paceMs: markDistance(startsMs, endsMs),
    warns: lengthMs >= MIN_WARNED_MS,
  };
}

function encode(operation: Operation, indexOf: (counter: Counter) => number): object {
  switch (operation.do) {
    case 'reserve':
      return {
        do: 'reserve',
        at: operation.at,
        needs: operation.needs.map(({ counter, units, digests }) => [
          indexOf(counter),
          units,
          digests ?? null,
        ]),
      };
    case 'adjust':
      return {
        do: 'adjust',
        deltas: operation.deltas.map(({ counter, used = 0, held = 0, leased = 0, at = null }) => [
          indexOf(counter),
          used,
          held,
          leased,
          at,
        ]),
      };
    case 'keys':
      return {
        do: 'keys',
        c: indexOf(operation.counter),
        digests: operation.digests,
        settled: operation.settled,
      };
    case 'lease':
      return {
        do: 'lease',
        wants: operation.wants.map(({ counter, units, margin }) => [indexOf(counter), units, margin]),
      };
    case 'observe':
      return {
        do: 'observe',
        c: indexOf(operation.counter),
        remaining: operation.remaining,
        at: operation.at,
      };
    case 'pause':
      return operation;
  }
}

function decode(result: unknown, counters: readonly Counter[]): Verdict {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return result as Verdict;
  const { refused, wait, used, resetsMs, paused } = result as Record<string, number>;
  if (refused !== undefined)
    return { refused: counters[refused] as Counter, used: used ?? 0, resetsMs: resetsMs ?? null };
  return wait === undefined ? { paused: paused ?? 0 } : { wait: counters[wait] as Counter };
}
