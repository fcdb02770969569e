import type { Log } from '@socle/kernel';
import { Block, type Counter, type Counters } from './counter.ts';
import type { Lane, Operation, Wanted } from './lane.ts';

/** Leasing of units in blocks, so that most calls cost no round trip. */
export interface Blocks {
  /** Takes the units in memory, waiting for new blocks where needed; undefined: reserve them in the database. */
  take(wanted: readonly Wanted[]): Block[] | Promise<Block[] | undefined> | undefined;
  /** Undoes a `take`: its call does not leave after all. */
  putBack(wanted: readonly Wanted[], blocks: readonly Block[]): void;
  /** Writes down what was used beyond a block, now. */
  report(counter: Counter): void;
  /** The wall is near: gives unused units back and leases no more in this turn. */
  giveUp(counter: Counter): void;
  /** Gives idle and outlived blocks back and reports on the others. */
  upkeep(now: number): void;
  closeAll(): void;
}

/** Calls that a block should last for. */
const CALLS_PER_BLOCK = 1024;
/** Nearer to the wall than this many blocks, units are reserved one call at a time. */
const MARGIN_BLOCKS = 4;

export interface BlocksOptions {
  readonly counters: Counters;
  readonly lane: Lane;
  readonly log: Log;
  write(operation: Operation): Promise<void>;
}

export function createBlocks({ counters, lane, log, write }: BlocksOptions): Blocks {
  const close = (counter: Counter): void => {
    const block = counter.block;
    if (!block) return;
    counter.block = undefined;
    void write({ do: 'adjust', deltas: [{ counter, ...block.close() }] });
  };

  const giveUp = (counter: Counter): void => {
    counter.isLeasable = false;
    close(counter);
  };

  const lend = async (counter: Counter, units: number): Promise<boolean> => {
    const missing = blockSize(counter, units) - (counter.block?.available ?? 0);
    const margin = MARGIN_BLOCKS * blockSize(counter, units);
    const [granted = 0] = (await lane.run({
      do: 'lease',
      wants: [{ counter, units: missing, margin }],
    })) as number[];
    if (granted === 0) giveUp(counter);
    else if (counter.isLeasable) {
      counter.block ??= new Block();
      counter.block.leased += granted;
    } // recalled meanwhile
    else void write({ do: 'adjust', deltas: [{ counter, leased: -granted }] });
    return counter.isLeasable;
  };

  /** One lease at a time for each counter; the calls that wait for it share it. */
  const borrow = (counter: Counter, units: number): Promise<boolean> => {
    counter.borrowing ??= lend(counter, units).finally(() => {
      counter.borrowing = undefined;
    });
    return counter.borrowing;
  };

  const spend = (wanted: readonly Wanted[]): Block[] | undefined => {
    const blocks: Block[] = [];
    for (const { counter, units } of wanted) {
      if (!counter.block || counter.block.available < units) return undefined;
      blocks.push(counter.block);
    }
    wanted.forEach(({ counter, units }, index) => {
      const block = blocks[index] as Block;
      block.take(units);
      if (block.available >= blockSize(counter, units) / 4 || !counter.isLeasable) return;
      borrow(counter, units).catch((error: unknown) =>
        log.warn({ err: error }, 'leasing units ahead failed'),
      );
    });
    return blocks;
  };

  const wait = async (wanted: readonly Wanted[]): Promise<Block[] | undefined> => {
    for (;;) {
      const lacking = wanted.filter(({ counter, units }) => (counter.block?.available ?? 0) < units);
      const got = await Promise.all(lacking.map(({ counter, units }) => borrow(counter, units)));
      if (got.includes(false)) return undefined;
      const blocks = spend(wanted);
      if (blocks) return blocks;
    }
  };

  return {
    take(wanted) {
      if (!wanted.every(({ counter, units }) => counter.isLeasable && units <= counter.rule.maxBlock))
        return undefined;
      return spend(wanted) ?? wait(wanted);
    },
    putBack(wanted, blocks) {
      wanted.forEach(({ counter, units }, index) => {
        const block = blocks[index] as Block;
        if (block.isOpen) block.settle(units, 0);
        else void write({ do: 'adjust', deltas: [{ counter, held: -units }] });
      });
    },
    report(counter) {
      if (counter.block) void write({ do: 'adjust', deltas: [{ counter, ...counter.block.report() }] });
    },
    giveUp,
    upkeep(now) {
      for (const counter of counters.withBlock()) {
        const block = counter.block as Block;
        if (now >= counter.period.endsMs || !block.isFresh) close(counter);
        else if (block.used > 0) this.report(counter);
        block.isFresh = false;
      }
    },
    closeAll() {
      for (const counter of counters.withBlock()) close(counter);
    },
  };
}

function blockSize({ rule }: Counter, units: number): number {
  return Math.min(rule.maxBlock, CALLS_PER_BLOCK * units);
}
