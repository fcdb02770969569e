export { type Database, type DatabaseOptions, openDatabase } from './database.ts';
export { isAway, toDatabaseError } from './errors.ts';
export { type MigrationSource, migrate } from './migrate.ts';
