import { randomUUID } from 'node:crypto';
import type { Log } from '@socle/kernel';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { type MigrationSource, migrate } from './migrate.ts';
import { quiet } from './testing/log.ts';

export { quiet };

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's PostgreSQL server: see tests/support/database.ts. */
    databaseUrl: string;
  }
}

export interface TestDatabase extends Database {
  drop(): Promise<void>;
}

/** A fresh database of its own on the run's server, migrated. Call `drop()` when done. */
export async function createTestDatabase({
  migrations = [],
  poolSize,
  log = quiet,
}: {
  migrations?: readonly MigrationSource[];
  poolSize?: number;
  log?: Log;
} = {}): Promise<TestDatabase> {
  const server = inject('databaseUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const size = poolSize === undefined ? {} : { poolSize };
  const database = await openDatabase({ home: '/nonexistent', databaseUrl: url.href, log, ...size });
  await migrate(database, migrations);
  return {
    ...database,
    drop: async () => {
      await database.close();
      await administer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
