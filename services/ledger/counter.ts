import type { LimitRule } from './plan.ts';
import type { Period } from './window.ts';

/** Units of one counter that lie with this process: spending them is memory's business alone. */
export class Block {
  /** Leased and not yet reported as used. */
  leased = 0;
  used = 0;
  held = 0;
  isOpen = true;
  /** Whether anything happened since upkeep last looked. */
  isFresh = true;

  get available(): number {
    return this.leased - this.used - this.held;
  }

  take(units: number): void {
    this.held += units;
    this.isFresh = true;
  }

  settle(units: number, actual: number): void {
    this.held -= units;
    this.used += actual;
    this.isFresh = true;
  }

  /** What to write to the counter so that it knows of everything used so far. */
  report(): { used: number; leased: number } {
    const used = this.used;
    const covered = Math.min(used, this.leased);
    this.used = 0;
    this.leased -= covered;
    return { used, leased: -covered };
  }

  /** Ends the block: unused units go back, those of calls under way become held by the counter. */
  close(): { used: number; held: number; leased: number } {
    this.isOpen = false;
    return { used: this.used, held: this.held, leased: -this.leased };
  }
}

/** One limit in one turn of its window, as this process knows it. */
export interface Counter {
  readonly rule: LimitRule;
  readonly period: Period;
  /** Units left when the database was last asked. */
  free: number | undefined;
  /** False near the wall and after a recall: then every unit is reserved in the database. */
  isLeasable: boolean;
  block: Block | undefined;
  borrowing: Promise<boolean> | undefined;
}

/** The counters of one platform's plan in their current turns. */
export interface Counters {
  at(rule: LimitRule, now: number): Counter;
  /** The counter under that key, if this process has it. */
  find(key: CounterKey): Counter | undefined;
  withBlock(): readonly Counter[];
}

export interface CounterKey {
  readonly meter: string;
  readonly limit: string;
  readonly period: string;
}

export function createCounters(): Counters {
  const current = new Map<LimitRule, Counter>();
  /** Turns that ended with units still here. */
  const ended = new Set<Counter>();
  return {
    at(rule, now) {
      const period = rule.periodAt(now);
      const known = current.get(rule);
      if (known?.period.key === period.key) return known;
      if (known?.block) ended.add(known);
      const isLeasable = rule.maxBlock > 0;
      const counter: Counter = {
        rule,
        period,
        isLeasable,
        free: undefined,
        block: undefined,
        borrowing: undefined,
      };
      current.set(rule, counter);
      return counter;
    },
    find: ({ meter, limit, period }) =>
      [...current.values()].find(
        (one) => one.rule.meter.id === meter && one.rule.limit.id === limit && one.period.key === period,
      ),
    withBlock() {
      const all = [...ended, ...current.values()].filter((one) => one.block);
      for (const one of ended) if (!one.block) ended.delete(one);
      return all;
    },
  };
}
