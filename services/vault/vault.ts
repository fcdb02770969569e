import { fileURLToPath } from 'node:url';
import { SocleError, type Sql } from '@socle/kernel';
import type { Database, MigrationSource } from '@socle/service-database';
import { deriveKey, type Sealed, seal, unseal } from './seal.ts';

export interface SecretInfo {
  /** The environment variable that it stands for. */
  readonly name: string;
  readonly updatedAt: Date;
}

/** Encrypted secrets in the database. Every change is told on the channel `socle_settings`. */
export interface Vault {
  get(name: string): Promise<string | undefined>;
  set(name: string, value: string): Promise<void>;
  /** False when there was none. */
  remove(name: string): Promise<boolean>;
  list(): Promise<readonly SecretInfo[]>;
  /** Every secret, by name. */
  all(): Promise<Readonly<Record<string, string>>>;
}

export const vaultMigrations: MigrationSource = {
  owner: 'vault',
  dir: fileURLToPath(new URL('./schema', import.meta.url)),
};

export const SETTINGS_CHANNEL = 'socle_settings';

/** Rotation brings more; every row says which one sealed it. */
const KEY_VERSION = 1;
const CHECK = 'socle vault key check';

interface Row extends Sealed {
  readonly name: string;
}

/**
 * The vault. Its first use throws `misconfigured` when the master key is not the one that the secrets were
 * sealed with, before any is read or written.
 */
export function createVault({
  database: { sql },
  masterKey,
}: {
  database: Pick<Database, 'sql'>;
  masterKey: string;
}): Vault {
  const key = deriveKey(masterKey);
  let checked: Promise<void> | undefined;
  const ready = (): Promise<void> => {
    checked ??= checkKey(sql, key).catch((error) => {
      checked = undefined;
      throw error;
    });
    return checked;
  };

  const open = ({ name, nonce, sealed }: Row): string => {
    try {
      return unseal(key, name, { nonce, sealed });
    } catch (error) {
      throw new SocleError('internal', `the secret ${name} was damaged · set it again`, {}, error);
    }
  };
  return {
    get: async (name) => {
      await ready();
      const [row] = await sql.query<Row>('select name, nonce, sealed from socle.secrets where name = $1', [
        name,
      ]);
      return row && open(row);
    },
    set: async (name, value) => {
      await ready();
      const { nonce, sealed } = seal(key, checkedName(name), value);
      await sql.query(
        `with changed as (
           insert into socle.secrets (name, key_version, nonce, sealed) values ($1, $2, $3, $4)
           on conflict (name) do update set key_version = excluded.key_version, nonce = excluded.nonce,
             sealed = excluded.sealed, updated_at = now() returning name)
         select pg_notify('${SETTINGS_CHANNEL}', name) from changed`,
        [name, KEY_VERSION, nonce, sealed],
      );
    },
    remove: async (name) => {
      const rows = await sql.query(
        `with gone as (delete from socle.secrets where name = $1 returning name)
         select pg_notify('${SETTINGS_CHANNEL}', name) from gone`,
        [name],
      );
      return rows.length > 0;
    },
    list: () =>
      sql.query<SecretInfo>('select name, updated_at as "updatedAt" from socle.secrets order by name'),
    all: async () => {
      await ready();
      const rows = await sql.query<Row>('select name, nonce, sealed from socle.secrets order by name');
      return Object.fromEntries(rows.map((row) => [row.name, open(row)]));
    },
  };
}

async function checkKey(sql: Sql, key: Buffer): Promise<void> {
  const made = seal(key, CHECK, CHECK);
  await sql.query(
    'insert into socle.secret_keys (version, nonce, sealed) values ($1, $2, $3) on conflict (version) do nothing',
    [KEY_VERSION, made.nonce, made.sealed],
  );
  const [check] = await sql.query<Sealed>('select nonce, sealed from socle.secret_keys where version = $1', [
    KEY_VERSION,
  ]);
  try {
    if (!check || unseal(key, CHECK, check) !== CHECK) throw new Error('the check value is another');
  } catch {
    throw wrongKey();
  }
}

function checkedName(name: string): string {
  if (/^[A-Z][A-Z0-9_]*$/.test(name)) return name;
  throw new SocleError(
    'invalid_argument',
    `"${name}" is not a secret's name · use the environment variable's, such as STRIPE_SECRET_KEY`,
  );
}

function wrongKey(): SocleError {
  return new SocleError(
    'misconfigured',
    'the master key is not the one that the secrets were stored with · give SOCLE_MASTER_KEY its former value, or restore master.key',
    { faults: [{ field: 'SOCLE_MASTER_KEY', problem: 'another key than the one that sealed the secrets' }] },
  );
}
