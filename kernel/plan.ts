import type { Text } from './text.ts';

/** Over which period a meter counts. */
export type Window =
  /** Turns at the edge of the vendor's calendar. `timeZone` is an IANA name. */
  | { readonly kind: 'calendar'; readonly unit: 'hour' | 'day' | 'month'; readonly timeZone: string }
  /** Turns at multiples of `seconds` since the epoch. */
  | { readonly kind: 'fixed'; readonly seconds: number }
  /** Looks back `seconds` from each call. */
  | { readonly kind: 'rolling'; readonly seconds: number }
  /** Never turns. */
  | { readonly kind: 'total' };

export interface Limit {
  /** Unique within the meter: `day`, `month`, `second`. */
  readonly id: string;
  readonly window: Window;
  /** The last unit that may leave: the 100th of 100 leaves, the 101st does not. */
  readonly max: number;
}

/** What a meter is asked to count. */
export interface MeteredCall {
  readonly port: string;
  readonly operation: string;
  readonly input: unknown;
}

interface MeterBase {
  readonly id: string;
  readonly title: Text;
  /** Plural noun for people: `recipients`, `requests`. */
  readonly unit: Text;
  readonly limits: readonly Limit[];
  /** The vendor counts a refused request too (rate limits); quotas are given back. */
  readonly countsRefusals?: boolean;
}

/** Adds units up. */
export interface SumMeter extends MeterBase {
  readonly kind: 'sum';
  /** Worst case before the call; 0 when the call does not touch this meter. */
  count(call: MeteredCall): number;
}

/** Counts different keys (monthly active users): a key seen before in the window is free. */
export interface DistinctMeter extends MeterBase {
  readonly kind: 'distinct';
  keys(call: MeteredCall): readonly string[];
}

export type Meter = SumMeter | DistinctMeter;

/** A vendor's plan, as dated and sourced data. */
export interface Plan {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  /** YYYY-MM-DD, when the source was read. */
  readonly checkedOn: string;
  /** Older than this, the row is stale: a platform that bills or bans then fails closed. */
  readonly maxAgeDays: number;
  /** False when a number was not read in the vendor's own documents. */
  readonly confirmed: boolean;
  /** What the vendor does beyond the plan. */
  readonly onExceed: 'stop' | 'bill' | 'ban';
  readonly meters: readonly Meter[];
}
