import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SocleError } from '@socle/kernel';
import pg from 'pg';
import type { Database } from './database.ts';
import { toDatabaseError } from './errors.ts';
import { LOCKS } from './locks.ts';

/** One package's migrations: `dir` holds `NNNN-name.sql`, run in order, each in a transaction of its own. */
export interface MigrationSource {
  readonly owner: string;
  readonly dir: string;
}

interface Migration {
  readonly owner: string;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

const BASE: MigrationSource = {
  owner: 'database',
  dir: fileURLToPath(new URL('./schema', import.meta.url)),
};

const BOOKKEEPING = `
  create schema if not exists socle;
  create table if not exists socle.migrations (
    owner text not null,
    name text not null,
    checksum text not null,
    applied_at timestamptz not null default now(),
    primary key (owner, name)
  )`;

/**
 * Brings the schema up to date: the base's own migrations, then each source's in the order given.
 * Any number of processes may call it at once; a kill at any point leaves whole migrations only.
 */
export async function migrate(
  database: Pick<Database, 'url'>,
  sources: readonly MigrationSource[],
): Promise<void> {
  const wanted = (await Promise.all([BASE, ...sources].map(readSource))).flat();
  // not from the pool: a migration may take longer than its statement timeout
  const client = new pg.Client({ connectionString: database.url, application_name: 'socle migrate' });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('set statement_timeout = 0; set idle_in_transaction_session_timeout = 0');
    await client.query('select pg_advisory_lock($1)', [LOCKS.migrate]);
    await client.query(BOOKKEEPING);
    const applied = await readApplied(client);
    for (const migration of wanted) {
      const known = applied.get(`${migration.owner}/${migration.name}`);
      if (known === undefined) await apply(client, migration);
      else if (known !== migration.checksum) throw changed(migration);
    }
  } catch (error) {
    throw toDatabaseError(error, 'unknown');
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function readSource({ owner, dir }: MigrationSource): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name)) {
        throw new SocleError('internal', `${join(dir, name)}: a migration is named NNNN-name.sql`);
      }
      const text = (await readFile(join(dir, name), 'utf8')).replaceAll('\r\n', '\n');
      return { owner, name, text, checksum: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

async function readApplied(client: pg.Client): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ owner: string; name: string; checksum: string }>(
    'select owner, name, checksum from socle.migrations',
  );
  return new Map(rows.map((row) => [`${row.owner}/${row.name}`, row.checksum]));
}

async function apply(client: pg.Client, { owner, name, text, checksum }: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(text);
    await client.query('insert into socle.migrations (owner, name, checksum) values ($1, $2, $3)', [
      owner,
      name,
      checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    const told = toDatabaseError(error, 'no');
    throw told === error && error instanceof Error
      ? new SocleError(
          'internal',
          `migration ${owner}/${name}: ${error.message}${line(text, error)}`,
          {},
          error,
        )
      : told;
  }
}

function line(text: string, error: Error): string {
  const position = 'position' in error ? Number(error.position) : Number.NaN;
  return Number.isFinite(position) ? ` (line ${text.slice(0, position).split('\n').length})` : '';
}

function changed({ owner, name }: Migration): SocleError {
  return new SocleError(
    'conflict',
    `migration ${owner}/${name} was changed after this database ran it · restore the file and put the change into a new migration`,
  );
}
