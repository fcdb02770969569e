import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Clock,
  type Log,
  type MeteredCall,
  type Reservation,
  SocleError,
  type Sql,
} from '@socle/kernel';
import { isAway } from '@socle/service-database';
import { createBlocks } from './blocks.ts';
import { type Counter, type CounterKey, createCounters } from './counter.ts';
import { createLane, type Lane, type Operation, type Wanted, type Warning } from './lane.ts';
import type { Rules } from './plan.ts';
import { createReservation } from './reservation.ts';
import type { VendorSignal } from './signals.ts';

export interface AccountOptions {
  readonly platform: string;
  readonly rules: Rules;
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  onWarning(warning: Warning): void;
}

/** One platform's plan as it is spent by this process. */
export interface Account {
  readonly rules: Rules;
  reserve(call: MeteredCall): Promise<Reservation>;
  observe(signals: readonly VendorSignal[]): Promise<void>;
  /** Another process needs the units that lie here unused. */
  recall(key: CounterKey): void;
  /** Recalls may have been missed: gives everything back. */
  recallAll(): void;
  pause(untilMs: number): void;
  upkeep(): void;
  /** Resolves when everything that happened so far is written. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

const RECALL_POLL_MS = 15;
/** A vendor that asks for more patience than this is mistaken, and nobody could lift the pause. */
const MAX_PAUSE_MS = 86_400_000;
/** How far into a new window an answer may still speak of the old one. */
const MAX_ECHO_MS = 60_000;

export function createAccount(options: AccountOptions): Account {
  const { platform, rules, clock, log } = options;
  const now = (): number => clock.now().getTime();
  let pausedUntil = 0;
  const pause = (untilMs: number): void => {
    pausedUntil = Math.max(pausedUntil, untilMs);
  };
  const lane: Lane = createLane({ ...options, now, onPause: pause });
  const counters = createCounters();
  /** Of signals on their way to the database. */
  const observing = new Map<Counter, number>();

  const write = async (operation: Operation): Promise<void> => {
    try {
      await lane.run(operation);
    } catch (error) {
      log.warn(
        { platform, err: error },
        'ledger: a correction was lost; its units stay counted at the worst case',
      );
    }
  };
  const blocks = createBlocks({ counters, lane, log, write });

  const ask = (operation: Operation) =>
    lane.run(operation).catch((error: unknown) => {
      const details = { platform, applied: 'no' } as const;
      if (!isAway(error))
        throw new SocleError('internal', `ledger: counting for ${platform} failed`, details, error);
      const message = `ledger: the quotas of ${platform} cannot be counted while the database is away · try again later`;
      throw new SocleError('unavailable', message, details, error);
    });

  const assertNotPaused = (at: number): void => {
    if (at >= pausedUntil) return;
    const details = { platform, applied: 'no', retryAfterMs: pausedUntil - at } as const;
    throw new SocleError(
      'rate_limited',
      `ledger: ${platform} asked to be left alone · try again later`,
      details,
    );
  };

  /** Reserves in the database; waits while unused units are being recalled from other processes. */
  const reserveThere = async (wanted: readonly Wanted[], at: number): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      const verdict = await ask({ do: 'reserve', at, needs: wanted });
      if (typeof verdict === 'object' && 'refused' in verdict) {
        const { refused } = verdict;
        const units = wanted.find((one) => one.counter === refused)?.units ?? 0;
        throw units > refused.rule.max
          ? neverFits(platform, { refused, units })
          : quotaExceeded(platform, at, verdict);
      }
      if (typeof verdict === 'object' && 'paused' in verdict) {
        pause(verdict.paused);
        assertNotPaused(at);
      }
      if (typeof verdict !== 'object' || !('wait' in verdict)) return;
      blocks.giveUp(verdict.wait);
      if (attempt > 0) await delay(RECALL_POLL_MS);
    }
  };

  const observeUnits = async (signal: Exclude<VendorSignal, { retryAfterMs: number }>): Promise<void> => {
    const rule = rules.limits.find((one) => one.meter.id === signal.meter && one.limit.id === signal.limit);
    const remaining = Math.max(0, Math.floor(signal.remaining));
    if (!rule || !Number.isFinite(remaining)) return;
    const at = now();
    const counter = counters.at(rule, at);
    if (isEcho(counter, at, signal.resetsAt)) return;
    // what is known here is no more than what is true; the vendor can only tell less
    if (counter.free !== undefined && remaining >= counter.free) return;
    if ((observing.get(counter) ?? Number.POSITIVE_INFINITY) <= remaining) return;
    observing.set(counter, remaining);
    await write({ do: 'observe', counter, remaining, at });
    observing.delete(counter);
  };

  return {
    rules,
    async reserve(call) {
      const at = now();
      assertNotPaused(at);
      const wanted = rules.needsOf(call).map(({ rule, units, keys }): Wanted => {
        const counter = counters.at(rule, at);
        return keys ? { counter, units, digests: keys.map(digestOf) } : { counter, units };
      });
      const countersOf = (meterId: string): Counter[] =>
        rules.limits
          .filter(({ meter }) => meter.id === meterId && meter.kind === 'sum')
          .map((rule) => counters.at(rule, at));
      const taken = wanted.length > 0 ? blocks.take(wanted) : [];
      const from = taken instanceof Promise ? await taken : taken;
      if (!from) await reserveThere(wanted, at);
      else if (at < pausedUntil) {
        // heard of only now, with the units
        blocks.putBack(wanted, from);
        assertNotPaused(at);
      }
      return createReservation({
        wanted,
        at,
        countersOf,
        write,
        report: blocks.report,
        ...(from ? { blocks: from } : {}),
      });
    },
    async observe(signals) {
      await Promise.all(
        signals.map(async (signal) => {
          if (!('retryAfterMs' in signal)) return observeUnits(signal);
          const until = Math.ceil(now() + Math.min(signal.retryAfterMs, MAX_PAUSE_MS));
          if (until <= pausedUntil) return;
          pause(until);
          await write({ do: 'pause', until });
        }),
      );
    },
    recall(key) {
      const counter = counters.find(key);
      if (counter) blocks.giveUp(counter);
    },
    recallAll: () => blocks.closeAll(),
    pause,
    upkeep: () => blocks.upkeep(now()),
    async flush() {
      for (const counter of counters.withBlock()) if (counter.block?.used) blocks.report(counter);
      await lane.idle();
    },
    async close() {
      blocks.closeAll();
      await lane.idle();
    },
  };
}

/** Whether a signal may be about the turn before: such a one would close the new window for nothing. */
function isEcho({ rule, period }: Counter, at: number, resetsAt: Date | undefined): boolean {
  if (rule.rollingMs !== null || !Number.isFinite(period.endsMs)) return false;
  const length = period.endsMs - period.startsMs;
  if (resetsAt) return resetsAt.getTime() < period.startsMs + length / 2 && at < period.startsMs + length / 2;
  return at < period.startsMs + Math.min(MAX_ECHO_MS, length / 10);
}

/** No turn of the window will ever let this call leave: waiting is not offered. */
function neverFits(platform: string, { refused, units }: { refused: Counter; units: number }): SocleError {
  const { meter, limit, max } = refused.rule;
  return new SocleError(
    'quota_exceeded',
    `ledger: one call of ${units} ${meter.unit.en} is more than ${platform} ever allows at once (${max}, ${meter.id}/${limit.id}) · split it, or choose a larger plan`,
    { platform, applied: 'no', quota: { platform, meter: meter.id, window: limit.id, limit: max, used: 0 } },
  );
}

function quotaExceeded(
  platform: string,
  at: number,
  { refused, used, resetsMs }: { refused: Counter; used: number; resetsMs: number | null },
): SocleError {
  const { meter, limit, max } = refused.rule;
  const ends = resetsMs ?? refused.period.endsMs;
  const resets = Number.isFinite(ends) ? new Date(ends).toISOString() : undefined;
  const message =
    `ledger: ${platform} has used ${used} of ${max} ${meter.unit.en} (${meter.id}/${limit.id})` +
    (resets
      ? ` · wait until ${resets} or use another platform`
      : ' · choose a larger plan or another platform');
  return new SocleError('quota_exceeded', message, {
    platform,
    applied: 'no',
    quota: {
      platform,
      meter: meter.id,
      window: limit.id,
      limit: max,
      used,
      ...(resets ? { resetsAt: resets } : {}),
    },
    ...(resets ? { retryAfterMs: Math.max(0, ends - at) } : {}),
  });
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
