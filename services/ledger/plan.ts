import { type Limit, type Meter, type MeteredCall, type Plan, SocleError } from '@socle/kernel';
import { type Period, periodOf } from './window.ts';

/** Leased units are at most a hundredth of a limit, so a dead process's block is never missed. */
const LEASE_SHARE = 100;
const MIN_BLOCK = 256;

const DAY = 86_400_000;

/** One limit of one meter, with what the plan says about it worked out once. */
export interface LimitRule {
  readonly meter: Meter;
  readonly limit: Limit;
  readonly max: number;
  /** Length of a rolling window; null for the others. */
  readonly rollingMs: number | null;
  /** Most units that may lie with one process; 0 where units are never leased. */
  readonly maxBlock: number;
  /** The current turn, by the clock that was asked last. */
  periodAt(now: number): Period;
}

/** What a call takes of one limit. */
export interface Need {
  readonly rule: LimitRule;
  readonly units: number;
  /** Of a distinct meter: each once. `units` is then their number. */
  readonly keys?: readonly string[];
}

export interface Rules {
  readonly plan: Plan;
  readonly limits: readonly LimitRule[];
  /** The worst case on every limit that the call touches. */
  needsOf(call: MeteredCall): readonly Need[];
}

/** Works a plan out. Throws `misconfigured` when it cannot be counted exactly. */
export function readPlan(platformId: string, plan: Plan): Rules {
  const byMeter = plan.meters.map((meter) => ({
    meter,
    rules: meter.limits.map((limit) => readLimit(meter, limit)),
  }));
  for (const { meter, rules } of byMeter) {
    if (meter.kind === 'distinct' && rules.some((rule) => rule.rollingMs !== null)) {
      throw misconfigured(
        platformId,
        `meter ${meter.id} counts distinct keys over a rolling window · use a calendar one`,
      );
    }
  }
  return {
    plan,
    limits: byMeter.flatMap(({ rules }) => rules),
    needsOf: (call) =>
      byMeter.flatMap(({ meter, rules }) => {
        if (meter.kind === 'distinct') {
          const keys = [...new Set(meter.keys(call))];
          return keys.length === 0 ? [] : rules.map((rule) => ({ rule, units: keys.length, keys }));
        }
        const units = wholeUnits(meter.count(call));
        if (units === undefined) {
          throw misconfigured(
            platformId,
            `meter ${meter.id} cannot count ${call.port}.${call.operation} · mend count()`,
          );
        }
        return units === 0 ? [] : rules.map((rule) => ({ rule, units }));
      }),
  };
}

/** Parts of a unit count as a whole one; undefined for what is no number of units. */
export function wholeUnits(units: number): number | undefined {
  const whole = Math.ceil(units);
  return Number.isSafeInteger(whole) && whole >= 0 ? whole : undefined;
}

/** A plan row that nobody has compared with the vendor's page for too long. */
export function isStale(plan: Plan, now: number): boolean {
  const ageDays = Math.floor((now - Date.parse(plan.checkedOn)) / DAY);
  return !(ageDays <= plan.maxAgeDays);
}

/** Throws `misconfigured` where a wrong number costs money or the account: no plan, or a stale one. */
export function assertUsable(platformId: string, plan: Plan | undefined, now: number): asserts plan is Plan {
  const env = `${platformId.toUpperCase().replaceAll('-', '_')}_PLAN`;
  if (!plan)
    throw misconfigured(
      platformId,
      `its plan is not known · name one of platforms/${platformId}/plan.ts in ${env}`,
    );
  if (plan.onExceed === 'stop' || !isStale(plan, now)) return;
  const danger = plan.onExceed === 'bill' ? 'bills' : 'bans';
  throw misconfigured(
    platformId,
    `plan "${plan.id}" was last checked on ${plan.checkedOn}, more than ${plan.maxAgeDays} days ago, and ${platformId} ${danger} beyond it` +
      ` · read ${plan.source}, then set checkedOn in platforms/${platformId}/plan.ts, or choose another plan in ${env}`,
  );
}

function misconfigured(platformId: string, message: string): SocleError {
  return new SocleError('misconfigured', `ledger: ${platformId}: ${message}`, {
    platform: platformId,
    applied: 'no',
  });
}

function readLimit(meter: Meter, limit: Limit): LimitRule {
  const max = Math.floor(limit.max);
  const isRolling = limit.window.kind === 'rolling';
  const block = Math.floor(max / LEASE_SHARE);
  let last: Period | undefined;
  return {
    meter,
    limit,
    max,
    rollingMs: limit.window.kind === 'rolling' ? limit.window.seconds * 1000 : null,
    maxBlock: meter.kind === 'distinct' || isRolling || block < MIN_BLOCK ? 0 : block,
    periodAt(now) {
      if (!last || now < last.startsMs || now >= last.endsMs) last = periodOf(limit.window, now);
      return last;
    },
  };
}
