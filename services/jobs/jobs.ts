import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@socle/kernel';
import { type Database, type Process, startProcess } from '@socle/service-database';
import { migrateJobs } from './migrate.ts';
import { createJobQueue, type JobQueue } from './queue.ts';
import { unlockLostJobs } from './recovery.ts';
import { superviseEngine } from './supervisor.ts';

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
  /**
   * Takes no more jobs and waits for the running ones: five seconds, then their signals abort, and two more.
   * What still runs then is left to other processes.
   */
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
