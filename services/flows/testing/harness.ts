import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { effectsMigrations } from '@socle/service-effects';
import { eventsMigrations } from '@socle/service-events';
import { migrateJobs } from '@socle/service-jobs';
import { flowsMigrations } from '../engine.ts';
import { type Assembly, type AssemblyOptions, assemble } from './assemble.ts';

export type { AssemblyOptions } from './assemble.ts';

export interface Harness extends Assembly {
  readonly database: TestDatabase;
}

/** A database for flows, with a table `effects_seen` for their steps to write to. */
export async function createFlowDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase({
    migrations: [effectsMigrations, eventsMigrations, flowsMigrations],
  });
  await migrateJobs(database);
  await database.sql.query('create table public.effects_seen (id text not null, note text)');
  return database;
}

/** Flows on a database of their own. */
export async function createHarness(options: AssemblyOptions): Promise<Harness> {
  const database = await createFlowDatabase();
  const assembly = assemble(database, options);
  return {
    ...assembly,
    database,
    stop: async () => {
      await assembly.stop();
      await database.drop();
    },
  };
}
