import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@socle/kernel';
import { type Database, type Process, startProcess } from '@socle/service-database';
import { parseCronItems, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import { engineLogger, enginePool, migrateJobs } from './engine.ts';
import { createJobQueue, type JobQueue } from './queue.ts';
import { unlockLostJobs } from './recovery.ts';

/** Runs at least once; throwing has it tried again, later each time. `signal` aborts when the process must end. */
export type Task = (payload: unknown, context: { signal: AbortSignal }) => Promise<void>;

export interface CrontabItem {
  readonly task: string;
  /** Five fields, UTC: minute, hour, day of month, month, day of week. */
  readonly match: string;
  readonly payload?: Readonly<Record<string, unknown>>;
}

export interface JobsOptions {
  readonly database: Database;
  readonly tasks: Readonly<Record<string, Task>>;
  readonly crontab?: readonly CrontabItem[];
  readonly concurrency?: number;
  /** Fetch this many jobs at once: for throughput. They wait in this process while others may be idle. */
  readonly batch?: number;
  /** This process's liveness, when it has one already. */
  readonly process?: Process;
  readonly log: Log;
}

export interface Jobs extends JobQueue {
  /** Takes no more jobs, waits for the running ones; aborts their signals after five seconds. */
  stop(): Promise<void>;
}

const SWEEP_MS = 2000;

/**
 * Runs jobs in this process. Jobs of a process that was killed or is frozen move to another within 15 s: dead
 * after 8 s without a sign, found by a sweep every 2 s.
 */
export async function createJobs(options: JobsOptions): Promise<Jobs> {
  const { database, log } = options;
  await migrateJobs(database);
  const self = options.process ?? (await startProcess({ database, role: 'worker' }));
  const stopping = new AbortController();
  const engine = superviseEngine({ ...options, process: self, stopping: stopping.signal });
  await engine.started;
  const sweeping = sweep({ database, log, stopping: stopping.signal });
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    stopping.abort();
    await Promise.all([engine.ended, sweeping]);
    if (!options.process) await self.stop();
  };
  return {
    ...createJobQueue({ database }),
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

interface EngineOptions extends JobsOptions {
  readonly process: Process;
  readonly stopping: AbortSignal;
}

/** The engine gives up when the database goes away under it; this starts it again. */
function superviseEngine(options: EngineOptions): { started: Promise<void>; ended: Promise<void> } {
  const { stopping, log } = options;
  const started = Promise.withResolvers<void>();
  const supervise = async (): Promise<void> => {
    for (let pauseMs = 100; !stopping.aborted; pauseMs = Math.min(pauseMs * 2, 2000)) {
      const pool = enginePool(options);
      try {
        const runner = await startEngine(options, pool);
        started.resolve();
        pauseMs = 100;
        const onStop = () => void runner.stop().catch(() => undefined);
        stopping.addEventListener('abort', onStop, { once: true });
        if (stopping.aborted) onStop();
        await runner.promise.finally(() => stopping.removeEventListener('abort', onStop));
      } catch (error) {
        if (!stopping.aborted) log.error({ err: error }, 'the job runner stopped; starting it again');
      } finally {
        await pool.end().catch(() => undefined);
      }
      await delay(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
    }
    started.resolve();
  };
  return { started: started.promise, ended: supervise() };
}

function startEngine(options: EngineOptions, pgPool: ReturnType<typeof enginePool>): Promise<Runner> {
  const { tasks, crontab = [], concurrency = 10, batch, process: self, log } = options;
  const events: WorkerEvents = new EventEmitter();
  events.on('pool:create', ({ workerPool }) => {
    // the heartbeat repeats it, should this fail
    self.announceJobPool(workerPool.id).catch(() => undefined);
  });
  return run({
    pgPool,
    events,
    logger: engineLogger(log),
    noHandleSignals: true,
    taskList: toTaskList(tasks),
    parsedCronItems: parseCronItems(
      crontab.map(({ task, match, payload }) => ({ task, match, ...(payload ? { payload } : {}) })),
    ),
    preset: {
      worker: {
        concurrentJobs: concurrency,
        gracefulShutdownAbortTimeout: 5000,
        // without these the engine leaves a failure to mark a job as done unhandled, which ends the process
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
        ...(batch ? { localQueue: { size: batch } } : {}),
      },
    },
  });
}

function toTaskList(tasks: JobsOptions['tasks']): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (payload, { abortSignal }) => task(payload, { signal: abortSignal ?? new AbortController().signal }),
    ]),
  );
}

async function sweep({
  database,
  log,
  stopping,
}: Pick<JobsOptions, 'database' | 'log'> & { stopping: AbortSignal }): Promise<void> {
  while (!stopping.aborted) {
    try {
      const pools = await unlockLostJobs(database);
      if (pools > 0) log.warn({ pools }, 'took over the jobs of processes that are gone');
    } catch (error) {
      log.debug({ err: error }, 'looking for lost jobs failed; trying again');
    }
    await delay(SWEEP_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
}
