import { fileURLToPath } from 'node:url';
import { receiptsMigrations } from '@socle/kit-receipts';
import { type Database, type MigrationSource, migrate } from '@socle/service-database';
import { effectsMigrations } from '@socle/service-effects';
import { eventsMigrations } from '@socle/service-events';
import { flowsMigrations } from '@socle/service-flows';
import { inboxMigrations } from '@socle/service-inbox';
import { migrateJobs } from '@socle/service-jobs';
import { ledgerMigrations } from '@socle/service-ledger';
import { modulesMigrations } from '@socle/service-modules';
import { vaultMigrations } from '@socle/service-vault';

const dirOf = (path: string): string => fileURLToPath(new URL(`../../../${path}/schema`, import.meta.url));

/** In the order in which they lean on each other. */
const SOURCES: readonly MigrationSource[] = [
  vaultMigrations,
  ledgerMigrations,
  effectsMigrations,
  modulesMigrations,
  eventsMigrations,
  inboxMigrations,
  flowsMigrations,
  { owner: 'embedded', dir: dirOf('platforms/embedded') },
  receiptsMigrations,
];

/** Brings every schema up to date; several processes may do so at once. */
export async function migrateAll(database: Database): Promise<void> {
  await migrateJobs(database);
  await migrate(database, SOURCES);
}
