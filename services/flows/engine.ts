import { fileURLToPath } from 'node:url';
import type { Clock, Effects, Log } from '@socle/kernel';
import { createBatcher, type Database, type MigrationSource } from '@socle/service-database';
import { createLive, type EventStore, type Live } from '@socle/service-events';
import { type Advance, commitAdvances } from './advance.ts';
import { type ClaimedRun, claimRuns } from './claim.ts';
import { createControl, type RunControl } from './control.ts';
import { type Execution, executeRun } from './execute.ts';
import type { Flow } from './flow.ts';
import { createWorker, freeLapsed, freeStray, type Lease } from './lease.ts';
import { RUN_TASK, startTick, TICK_TASK } from './start.ts';
import type { ModuleCall } from './step.ts';
import { createStepTransactions } from './transactions.ts';
import { RETRYING, type Retrying } from './verdict.ts';
import { createFlowViews, type FlowViews } from './views.ts';

export const flowsMigrations: MigrationSource = {
  owner: 'flows',
  dir: fileURLToPath(new URL('./schema', import.meta.url)),
};

export interface FlowEngineOptions {
  readonly database: Pick<Database, 'sql'>;
  /** Made with `startFlows(flows)` as its reaction. */
  readonly events: EventStore;
  readonly flows: readonly Flow[];
  readonly call: ModuleCall;
  /** Told what a person found out about an effect in doubt. */
  readonly effects: Pick<Effects, 'succeeded' | 'failed'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly live?: Live;
  readonly retrying?: Partial<Retrying>;
  /** Runs under way in this process at most. */
  readonly capacity?: number;
}

export interface FlowEngine extends FlowViews, RunControl {
  /** Begins to take runs. A process that only looks (`server`, the CLI) never calls it. */
  start(): void;
  /** Takes no more runs, lets the steps under way end, and gives the rest back. */
  stop(): Promise<void>;
  /** For the job engine. */
  readonly tasks: Readonly<Record<string, (payload: unknown) => Promise<void>>>;
  readonly crontab: readonly { readonly task: string; readonly match: string }[];
}

/** A dead worker's runs are free after the lease and taken by the next sweep: within nine seconds. */
const LEASE_MS = 6_000;
const RENEW_MS = 2_000;
const SWEEP_MS = 2_500;
/** As long as a module's call may take. */
const STOP_MS = 30_000;

/**
 * Executes runs that PostgreSQL keeps. Jobs only wake it up: it claims many due runs at once, executes them
 * side by side, and commits their memos together.
 */
export function createFlowEngine(options: FlowEngineOptions): FlowEngine {
  const { database, events, flows, call, clock, log, capacity = 256 } = options;
  const { sql } = database;
  const { tell } = options.live ?? createLive({ sql });
  const byId = new Map(flows.map((flow) => [flow.id, flow]));
  const worker = createWorker({ sql, leaseMs: LEASE_MS });
  const advances = createBatcher({
    flush: (items: readonly Advance[]) => commitAdvances(sql, events, items),
    maxItems: 256,
  });
  /** Ids of the runs in execution, and their work. */
  const underWay = new Map<Promise<void>, string>();
  const timers = new Set<NodeJS.Timeout>();
  let state: 'idle' | 'taking' | 'stopping' = 'idle';
  let claiming = false;
  /** More may be due than the last claim took. */
  let more = false;

  const execution: Execution = {
    call,
    clock,
    log,
    retrying: { ...RETRYING, ...options.retrying },
    advance: (item) => advances.add(item),
    transactions: createStepTransactions({ database, events }),
    isStopping: () => state === 'stopping',
  };

  const take = async (): Promise<void> => {
    more = true;
    if (claiming || state !== 'taking') return;
    claiming = true;
    try {
      while (more && state === 'taking') {
        const limit = capacity - underWay.size;
        // few at a time would cost a claim each
        if (limit < capacity / 8) break;
        more = false;
        const lease = await worker.lease();
        const claimed = await claimRuns(sql, { owner: lease.owner, flows: [...byId.keys()], limit });
        more ||= claimed.length === limit;
        for (const run of claimed) begin(run, lease);
      }
    } catch (error) {
      log.warn({ err: error }, 'runs could not be claimed; trying again');
    } finally {
      claiming = false;
    }
  };

  const begin = (run: ClaimedRun, lease: Lease): void => {
    const flow = byId.get(run.flow);
    if (!flow) return;
    const work = executeRun({ run, flow, lease }, execution).then((afterMs) => {
      underWay.delete(work);
      tell('runs');
      if (afterMs !== undefined && afterMs < SWEEP_MS) later(afterMs);
      if (more) void take();
    });
    underWay.set(work, run.id);
  };

  /** A run that is due before the next sweep. */
  const later = (afterMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      void take();
    }, afterMs + 5);
    timers.add(timer);
  };

  const every = (ms: number, work: () => Promise<unknown>): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work()
        .catch((error: unknown) => log.warn({ err: error }, 'the flow engine could not reach the database'))
        .finally(() => {
          if (state === 'taking' || underWay.size > 0) every(ms, work);
        });
    }, ms);
    timers.add(timer);
  };

  const sweep = async (): Promise<void> => {
    const freed = await freeLapsed(sql);
    if (freed > 0) log.warn({ runs: freed }, 'took over runs of workers that are gone');
    await freeOwn();
    await take();
  };

  /** Never while a claim is on its way: its runs are ours and not yet under way. */
  const freeOwn = async (): Promise<void> => {
    if (claiming || state !== 'taking') return;
    claiming = true;
    try {
      const { owner } = await worker.lease();
      const freed = await freeStray(sql, { owner, underWay: [...underWay.values()] });
      if (freed > 0) log.warn({ runs: freed }, 'runs that were left where they stood go on');
    } finally {
      claiming = false;
    }
  };

  return {
    ...createFlowViews({ sql, flows }),
    ...createControl({ sql, effects: options.effects, tell }),
    start: () => {
      if (state !== 'idle') return;
      state = 'taking';
      every(RENEW_MS, worker.renew);
      every(SWEEP_MS, sweep);
      void take();
    },
    stop: async () => {
      state = 'stopping';
      const patience = AbortSignal.timeout(STOP_MS);
      const outOfPatience = new Promise((resolve) => patience.addEventListener('abort', resolve));
      await Promise.race([Promise.allSettled(underWay.keys()), outOfPatience]);
      for (const timer of timers) clearTimeout(timer);
      await advances.close();
      // without the database the lease lapses by itself; whoever stops has more to close
      await worker
        .release()
        .catch((error: unknown) => log.warn({ err: error }, 'the lease was left to lapse'));
    },
    tasks: {
      [RUN_TASK]: take,
      ...Object.fromEntries(
        scheduled(flows).map(({ id }) => [
          `${TICK_TASK}.${id}`,
          (payload: unknown) => startTick(sql, id, tickOf(payload)),
        ]),
      ),
    },
    crontab: scheduled(flows).map(({ id, schedule }) => ({ task: `${TICK_TASK}.${id}`, match: schedule })),
  };
}

function scheduled(flows: readonly Flow[]): { id: string; schedule: string }[] {
  return flows.flatMap(({ id, on }) => ('schedule' in on ? [{ id, schedule: on.schedule }] : []));
}

/** The job engine tells which tick it is: the same in every process that schedules. */
function tickOf(payload: unknown): Date {
  const cron = typeof payload === 'object' && payload && '_cron' in payload ? payload._cron : undefined;
  const ts = typeof cron === 'object' && cron && 'ts' in cron ? cron.ts : undefined;
  const tick = new Date(String(ts));
  if (Number.isNaN(tick.getTime())) throw new Error('a tick without its time');
  return tick;
}
