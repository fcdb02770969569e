import type { Sql } from '@socle/kernel';
import { type Database, isAway } from '@socle/service-database';
import type { EventStore } from '@socle/service-events';
import { type Advance, LostRun, writeAdvances } from './advance.ts';

/** A database step about to run: its rows, and what is to be recorded with them. */
export interface StepTransaction {
  /** Which step of which flow: only equal ones share a transaction. */
  readonly kind: string;
  /** May be called again after a rollback. */
  work(sql: Sql): Promise<Advance>;
}

export interface StepTransactions {
  /** Resolves once the step's rows and its memo are committed together. */
  commit(step: StepTransaction): Promise<void>;
}

interface Waiting {
  readonly step: StepTransaction;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** At once, which leaves connections of the pool to others. */
const WIDTH = 4;
const MAX_STEPS = 16;
/** A transaction takes no further step after that: rows must not stay locked for a queue of slow ones. */
const MAX_MS = 50;

/**
 * Group commit of database steps: what waits goes together into the next transaction, one step after the other.
 * When one throws, or its run was lost, all is rolled back and each gets a transaction of its own. Steps run as
 * `service_role`: a flow's SQL is held by policies and reaches nothing of the base's own.
 */
export function createStepTransactions({
  database: { sql },
  events,
}: {
  database: Pick<Database, 'sql'>;
  events: Pick<EventStore, 'record'>;
}): StepTransactions {
  const queues = new Map<string, Waiting[]>();
  let busy = 0;

  /** Of the kind that has waited longest; a kind that is left with some goes to the end. */
  const next = (): Waiting[] => {
    const [kind, queue = []] = queues.entries().next().value ?? ['', []];
    const group = queue.splice(0, MAX_STEPS);
    queues.delete(kind);
    if (queue.length > 0) queues.set(kind, queue);
    return group;
  };
  const drain = async (): Promise<void> => {
    busy += 1;
    while (queues.size > 0) await settle(next());
    busy -= 1;
  };
  const settle = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const done = await together(group);
      for (const { resolve } of group.slice(0, done)) resolve();
      const rest = group.slice(done);
      if (rest.length > 0) await settle(rest);
    } catch (error) {
      if (group.length > 1 && !isAway(error)) for (const one of group) await settle([one]);
      else for (const { reject } of group) reject(error);
    }
  };
  const together = (group: readonly Waiting[]): Promise<number> =>
    sql.transaction(async (inner) => {
      const from = performance.now();
      const advances: Advance[] = [];
      await inner.query('set local role service_role');
      for (const { step } of group) {
        if (advances.length > 0 && performance.now() - from > MAX_MS) break;
        advances.push(await step.work(inner));
      }
      await inner.query('reset role');
      const held = await writeAdvances(inner, events, advances);
      if (held.includes(false)) throw new LostRun();
      return advances.length;
    });

  return {
    commit: (step) =>
      new Promise((resolve, reject) => {
        const queue = queues.get(step.kind) ?? [];
        queue.push({ step, resolve, reject });
        queues.set(step.kind, queue);
        if (busy < WIDTH) void drain();
      }),
  };
}
