import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Log, SocleError, type Sql } from '@socle/kernel';
import pg from 'pg';
import { joinServer } from './embedded/server.ts';
import { createListener } from './listen.ts';
import { sqlOn } from './sql.ts';

/** One PostgreSQL as this process sees it. `bigint` columns arrive as strings, as the driver has them. */
export interface Database {
  readonly sql: Sql;
  readonly pool: pg.Pool;
  /** Holds the password. */
  readonly url: string;
  readonly kind: 'embedded' | 'external';
  /** Absolute path of the state folder. */
  readonly home: string;
  /**
   * PostgreSQL LISTEN on a connection of its own that reconnects. Notices sent while it was away are
   * missed; `onReconnect` is called then, to read whatever they would have told.
   */
  listen(
    channel: string,
    onNotice: (payload: string) => void,
    onReconnect?: () => void,
  ): Promise<() => Promise<void>>;
  /** Ends the connections. The embedded server stops when the last process that joined it closes. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly home: string;
  readonly databaseUrl?: string | undefined;
  readonly log: Log;
  readonly poolSize?: number;
}

/** Opens the database at `databaseUrl`; without one, the embedded server of `home`, started when it is not running. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { home, databaseUrl, log } = options;
  if (databaseUrl) {
    const database = connect({ ...options, home: resolve(home), url: databaseUrl, kind: 'external' });
    await database.sql.query('select 1').catch(async (error) => {
      await database.close();
      throw error;
    });
    return database;
  }
  const server = await joinServer({ home, log });
  const database = connect({ ...options, home: await realpath(home), url: server.url, kind: 'embedded' });
  return {
    ...database,
    close: async () => {
      await database.close();
      await server.leave();
    },
  };
}

interface Connection extends DatabaseOptions {
  readonly url: string;
  readonly kind: Database['kind'];
}

/** A transaction that its process forgot (frozen, say) must not hold its locks beyond the lease of its work. */
const SESSION = `set statement_timeout = '30s'; set idle_in_transaction_session_timeout = '8s'`;

function connect({ url, kind, home, log, poolSize = 10 }: Connection): Database {
  let pool: pg.Pool;
  try {
    pool = new pg.Pool({
      connectionString: url,
      max: poolSize,
      application_name: 'socle',
      connectionTimeoutMillis: 10_000,
      // the server's own limit answers first; this one is for a server that answers nothing any more
      query_timeout: 40_000,
      keepAlive: true,
      // SET, not start-up parameters: connection poolers refuse those that they do not know
      onConnect: async (client) => void (await client.query(SESSION)),
    });
  } catch (error) {
    throw new SocleError('misconfigured', 'DATABASE_URL is not a PostgreSQL URL', {}, error);
  }
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  // the pool forgets a connection before it is closed: one that the server ends meanwhile must not end the process
  pool.on('connect', (client) => client.on('error', () => undefined));
  const listener = createListener({ url, log });
  let closing: Promise<void> | undefined;
  return {
    sql: sqlOn(pool),
    pool,
    url,
    kind,
    home,
    listen: listener.listen,
    close: () => {
      closing ??= Promise.all([listener.close(), pool.end()]).then(() => undefined);
      return closing;
    },
  };
}
