import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { SocleError } from '@socle/kernel';
import pg from 'pg';
import type { Database } from './database.ts';
import { toDatabaseError } from './errors.ts';
import { LOCKS } from './locks.ts';

export interface Hold {
  release(): Promise<void>;
}

type Held = Pick<Database, 'url' | 'kind' | 'home'>;

const PREFIX = 'socle start, process ';

/**
 * Keeps other `socle start`s off this home, on this machine, until released or until this process ends, however
 * it ends. Throws `conflict` when another has it. A lock lost with its connection is taken again.
 */
export async function holdHome(database: Held): Promise<Hold> {
  const released = new AbortController();
  let client = await take(database);
  const watch = (): void =>
    void client.once('end', async () => {
      while (!released.signal.aborted) {
        try {
          client = await take(database);
          if (released.signal.aborted) await client.end();
          else watch();
          return;
        } catch {
          await delay(500, undefined, { ref: false });
        }
      }
    });
  watch();
  return {
    release: async () => {
      released.abort();
      await client.end().catch(() => undefined);
    },
  };
}

async function take({ url, kind, home }: Held): Promise<pg.Client> {
  // the embedded server belongs to one home, wherever that is mounted; an external one may serve many machines
  const key =
    kind === 'embedded' ? 0 : createHash('sha256').update(`${hostname()}:${home}`).digest().readInt32BE();
  const client = new pg.Client({
    connectionString: url,
    application_name: `${PREFIX}${process.pid}`,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1, $2) as held', [
      LOCKS.home,
      key,
    ]);
    if (rows[0]?.held) return client;
    throw await refused(client, key, home);
  } catch (error) {
    await client.end().catch(() => undefined);
    throw toDatabaseError(error, 'no');
  }
}

async function refused(client: pg.Client, key: number, home: string): Promise<SocleError> {
  const { rows } = await client.query<{ name: string }>(
    `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.granted and l.classid = $1::int8::oid and l.objid = $2::int8::oid and l.objsubid = 2`,
    [LOCKS.home, key >>> 0],
  );
  const name = rows[0]?.name ?? '';
  const who = name.startsWith(PREFIX) ? ` (process ${name.slice(PREFIX.length)})` : '';
  return new SocleError(
    'conflict',
    `Socle already runs on ${home}${who} · stop it first (Ctrl-C where it runs), or set SOCLE_HOME to another folder`,
  );
}
