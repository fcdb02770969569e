import { EventEmitter } from 'node:events';
import type { Log } from '@socle/kernel';
import type { Database, Process } from '@socle/service-database';
import { Logger, parseCronItems, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import type { JobsOptions } from './jobs.ts';

export interface EngineOptions extends JobsOptions {
  readonly process: Process;
}

/** One run of graphile-worker. It ends when told to, and by itself when the database goes away under it. */
export interface Engine {
  /** Settles when it has ended, or should have: some failures leave it waiting for itself. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Running jobs may end by themselves, then their signals abort, then they are left behind. */
const GRACE_MS = 5000;
const AFTER_ABORT_MS = 2000;

export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { tasks, crontab = [], concurrency = 10, batch, process: self, log } = options;
  const pool = enginePool(options);
  const events: WorkerEvents = new EventEmitter();
  events.on('pool:create', ({ workerPool }) => {
    // the heartbeat repeats it, should this fail
    self.announceJobPool(workerPool.id).catch(() => undefined);
  });
  const overdue = Promise.withResolvers<void>();
  events.on('pool:gracefulShutdown', () => {
    setTimeout(overdue.resolve, GRACE_MS + AFTER_ABORT_MS).unref();
  });
  try {
    const runner = await run({
      pgPool: pool,
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
          gracefulShutdownAbortTimeout: GRACE_MS,
          // without these the engine leaves a failure to mark a job as done unhandled, which ends the process
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
          ...(batch ? { localQueue: { size: batch } } : {}),
        },
      },
    });
    return {
      ended: Promise.race([runner.promise, overdue.promise]).finally(() => discard(pool)),
      stop: () => void runner.stop().catch(() => undefined),
    };
  } catch (error) {
    discard(pool);
    throw error;
  }
}

/** The engine's own connections: tasks that use up the application's pool do not keep jobs from being fetched. */
function enginePool({ database, log }: { database: Pick<Database, 'url'>; log: Log }): pg.Pool {
  const pool = new pg.Pool({
    connectionString: database.url,
    max: 4,
    application_name: 'socle jobs',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  pool.on('error', (error) => log.warn({ err: error }, 'an idle connection of the job runner was lost'));
  // the engine attaches its own where it listens; a connection that breaks in between must not end the process
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Errors only: the engine tells of every job that it finishes, and warns of our pool, smaller than its concurrency. */
function engineLogger(log: Log): Logger {
  return new Logger((scope) => (level, message, meta) => {
    if (level !== 'error') return;
    log.error({ task: scope.taskIdentifier, job: scope.jobId, err: meta?.error }, message);
  });
}

/** Not awaited: an engine that failed may keep connections for ever. */
function discard(pool: pg.Pool): void {
  pool.end().catch(() => undefined);
}

function toTaskList(tasks: JobsOptions['tasks']): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [
      name,
      (payload, { abortSignal }) => task(payload, { signal: abortSignal ?? new AbortController().signal }),
    ]),
  );
}
