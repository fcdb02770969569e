import type { Meter, Reservation } from '@socle/kernel';
import type { Block, Counter } from './counter.ts';
import type { Delta, Operation, Wanted } from './lane.ts';
import { wholeUnits } from './plan.ts';

type Units = Readonly<Record<string, number>>;

export interface ReservationOptions {
  readonly wanted: readonly Wanted[];
  /** Where the units were taken from, one for each wanted; absent: from the database. */
  readonly blocks?: readonly Block[];
  /** When the units were taken. */
  readonly at: number;
  /** Counters of a meter that the worst case did not touch and the vendor counted all the same. */
  countersOf(meterId: string): readonly Counter[];
  /** Never rejects. */
  write(operation: Operation): Promise<void>;
  report(counter: Counter): void;
}

/** The units of one call that is about to leave, on all counters that it touches. */
export function createReservation(options: ReservationOptions): Reservation {
  const { wanted, blocks, at, countersOf, write, report } = options;
  let isOver = false;

  /** Resolves once every process can see units that were not needed, or were needed beyond the reservation. */
  const finish = async (
    actualOf: (meter: Meter, units: number) => number,
    extra: readonly Delta[],
  ): Promise<void> => {
    if (isOver) return;
    isOver = true;
    const deltas = [...extra];
    const writes: Promise<void>[] = [];
    let isExact = extra.length === 0;
    wanted.forEach(({ counter, units, digests }, index) => {
      const used = actualOf(counter.rule.meter, units);
      const block = blocks?.[index];
      if (block?.isOpen) {
        block.settle(units, used);
        if (block.available < 0) report(counter);
        return;
      }
      isExact &&= used === units;
      if (digests) writes.push(write({ do: 'keys', counter, digests, settled: used > 0 }));
      else deltas.push({ counter, used, held: -units, at });
    });
    if (deltas.length > 0) writes.push(write({ do: 'adjust', deltas }));
    if (!isExact) await Promise.all(writes);
  };

  return {
    settle(actual) {
      if (!actual) return finish((_meter, units) => units, []);
      const touched = new Set(wanted.map(({ counter }) => counter.rule.meter.id));
      const extra = Object.keys(actual)
        .filter((meterId) => !touched.has(meterId))
        .flatMap((meterId) => unreserved(countersOf(meterId), actual, at));
      // a distinct meter knows its keys; a number says nothing about them
      return finish(
        (meter, units) => (meter.kind === 'sum' ? trueUnits(meter.id, units, actual) : units),
        extra,
      );
    },
    release: () => finish((meter, units) => (meter.countsRefusals ? units : 0), []),
  };
}

function trueUnits(meterId: string, reserved: number, actual: Units): number {
  const told = actual[meterId];
  return told === undefined ? reserved : (wholeUnits(told) ?? reserved);
}

function unreserved(counters: readonly Counter[], actual: Units, at: number): Delta[] {
  return counters.flatMap((counter) => {
    const used = trueUnits(counter.rule.meter.id, 0, actual);
    return used > 0 ? [{ counter, used, at }] : [];
  });
}
