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
