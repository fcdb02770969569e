export { type Batcher, type BatcherOptions, createBatcher } from './batcher.ts';
export { type Database, type DatabaseOptions, openDatabase } from './database.ts';
export { isAway, toDatabaseError } from './errors.ts';
export { type Hold, holdHome } from './hold.ts';
export { type MigrationSource, migrate } from './migrate.ts';
export { listProcesses, type Process, type ProcessRow, startProcess } from './process.ts';
