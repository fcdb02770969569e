import type { Log } from '@socle/kernel';
import { type Database, toDatabaseError } from '@socle/service-database';
import { Logger, runMigrations } from 'graphile-worker';
import pg from 'pg';

const MIGRATING = 7_309_940_204;

/** Creates or updates the job engine's own schema, `graphile_worker`. Several processes may call it at once. */
export async function migrateJobs(database: Pick<Database, 'url'>): Promise<void> {
  const lock = new pg.Client({ connectionString: database.url, application_name: 'socle migrate' });
  lock.on('error', () => undefined);
  try {
    await lock.connect();
    await lock.query('select pg_advisory_lock($1)', [MIGRATING]);
    await runMigrations({ connectionString: database.url, logger: new Logger(() => () => undefined) });
  } catch (error) {
    throw toDatabaseError(error, 'unknown');
  } finally {
    await lock.end().catch(() => undefined);
  }
}

/** The engine's own connections: tasks that use up the application's pool do not keep jobs from being fetched. */
export function enginePool({ database, log }: { database: Pick<Database, 'url'>; log: Log }): pg.Pool {
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
export function engineLogger(log: Log): Logger {
  return new Logger((scope) => (level, message, meta) => {
    if (level !== 'error') return;
    log.error({ task: scope.taskIdentifier, job: scope.jobId, err: meta?.error }, message);
  });
}
