import type { Clock, EventDraft } from '@socle/kernel';
import type { Database } from '@socle/service-database';
import { createTestDatabase, quiet, type TestDatabase } from '@socle/service-database/testing';
import { createEffects, type EffectStore, effectsMigrations } from '@socle/service-effects';
import { createEventStore, type EventStore, eventsMigrations } from '@socle/service-events';
import { createJobs, migrateJobs } from '@socle/service-jobs';
import { createFlowEngine, type FlowEngine, type FlowEngineOptions, flowsMigrations } from '../engine.ts';
import type { Flow } from '../flow.ts';
import { startFlows } from '../start.ts';

export interface Harness {
  readonly database: TestDatabase;
  readonly events: EventStore;
  readonly effects: EffectStore;
  readonly engine: FlowEngine;
  /** Starts the engine and the jobs that wake it up. */
  start(): Promise<void>;
  /** Records one `thing.happened` and gives back its id. */
  happen(id: string, data?: unknown): Promise<string>;
  stop(): Promise<void>;
}

export const flowTestMigrations = [effectsMigrations, eventsMigrations, flowsMigrations];

export interface HarnessOptions extends Partial<Omit<FlowEngineOptions, 'database' | 'events' | 'flows'>> {
  readonly flows: readonly Flow[];
  readonly clock?: Clock;
}

/** Flows on a database of their own. */
export async function createHarness(options: HarnessOptions): Promise<Harness> {
  const database = await createTestDatabase({ migrations: flowTestMigrations });
  await migrateJobs(database);
  await database.sql.query('create table public.effects_seen (id text not null, note text)');
  return assemble(database, options);
}

/** The same for a process that joins a database which is there. */
export function assemble<D extends Database>(
  database: D,
  { flows, clock = { now: () => new Date() }, ...rest }: HarnessOptions,
): Omit<Harness, 'database'> & { readonly database: D } {
  const events = createEventStore({ database, reaction: startFlows(flows) });
  const effects = createEffects({ database, clock, processId: `test-${process.pid}` });
  const engine = createFlowEngine({
    database,
    events,
    effects,
    flows,
    clock,
    log: quiet,
    call: () => Promise.reject(new Error('no module here')),
    ...rest,
  });
  let jobs: Awaited<ReturnType<typeof createJobs>> | undefined;
  return {
    database,
    events,
    effects,
    engine,
    start: async () => {
      engine.start();
      jobs = await createJobs({ database, tasks: engine.tasks, crontab: engine.crontab, log: quiet });
    },
    happen: async (id, data = { n: 1 }) => {
      const draft: EventDraft = { id, type: 'thing.happened', time: clock.now(), data };
      const [stored] = await events.append('/tests', [draft]);
      if (!stored) throw new Error('not stored');
      return stored.id;
    },
    stop: async () => {
      await jobs?.stop();
      await engine.stop();
      if ('drop' in database && typeof database.drop === 'function') await database.drop();
      else await database.close();
    },
  };
}
