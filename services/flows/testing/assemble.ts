import type { Clock, EventDraft, Log } from '@socle/kernel';
import type { Database } from '@socle/service-database';
import { createEffects, type EffectStore } from '@socle/service-effects';
import { createEventStore, type EventStore } from '@socle/service-events';
import { createJobs } from '@socle/service-jobs';
import { createFlowEngine, type FlowEngine, type FlowEngineOptions } from '../engine.ts';
import type { Flow } from '../flow.ts';
import { startFlows } from '../start.ts';

export interface Assembly {
  readonly events: EventStore;
  readonly effects: EffectStore;
  readonly engine: FlowEngine;
  /** Starts the engine and the jobs that wake it up. */
  start(): Promise<void>;
  /** Records one `thing.happened` and gives back its id. */
  happen(id: string, data?: unknown): Promise<string>;
  stop(): Promise<void>;
}

export interface AssemblyOptions extends Partial<Omit<FlowEngineOptions, 'database' | 'events' | 'flows'>> {
  readonly flows: readonly Flow[];
  readonly clock?: Clock;
}

const silent = (): void => undefined;
const quiet: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** Flows with everything they stand on, on a database that is there: as a worker process has them. */
export function assemble(
  database: Database,
  { flows, clock = { now: () => new Date() }, ...rest }: AssemblyOptions,
): Assembly {
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
    },
  };
}
