import type { Sql } from '@socle/kernel';
import type { Database } from '@socle/service-database';

export interface AddOptions {
  /** At most one waiting job has this key: a second `add` replaces it, but not one that runs already. */
  readonly key?: string;
  /** Not before this; now when absent. */
  readonly runAt?: Date;
  /** After that many it is left as failed; 25 when absent. */
  readonly maxAttempts?: number;
  /** The transaction that the job belongs to: it exists if, and only if, that commits. */
  readonly sql?: Sql;
}

export interface JobQueue {
  add(task: string, payload: unknown, options?: AddOptions): Promise<void>;
}

const ADD = `select graphile_worker.add_job(
  $1, payload => $2::json, run_at => $3::timestamptz, job_key => $4, max_attempts => $5)`;

/**
 * SQL that adds a job from inside a larger statement; both arguments are SQL expressions. A key of its own
 * takes the engine's short way (graphile-worker 0.18, 2026-11-21): without one it looks through the waiting
 * jobs, which costs twice as much, and more with every job that waits.
 */
export function addJobSql(task: string, payload = `'{}'::json`): string {
  return `graphile_worker.add_job(${task}, payload => ${payload},
    job_key => gen_random_uuid()::text, job_key_mode => 'unsafe_dedupe')`;
}

/**
 * Adds jobs; some process with `createJobs` runs them, at least once. In SQL, inside any transaction:
 * `select graphile_worker.add_job('task', payload => $1::json, job_key => $2, run_at => $3)`.
 */
export function createJobQueue({ database }: { database: Pick<Database, 'sql'> }): JobQueue {
  return {
    add: async (task, payload, { key, runAt, maxAttempts, sql = database.sql } = {}) => {
      await sql.query(ADD, [
        task,
        JSON.stringify(payload ?? {}),
        runAt ?? null,
        key ?? null,
        maxAttempts ?? null,
      ]);
    },
  };
}
