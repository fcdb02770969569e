import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Database } from './database.ts';
import { toDatabaseError } from './errors.ts';

/** A running process as others see it, in `socle.processes`. */
export interface Process {
  readonly id: string;
  /** Tells what this process's job runner locks jobs with. */
  announceJobPool(pool: string): Promise<void>;
  /** Signs off: what the process still held is free at once. */
  stop(): Promise<void>;
}

export interface ProcessRow {
  readonly id: string;
  readonly role: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** As `socle.is_alive(id)` in SQL. */
  readonly alive: boolean;
}

/** The eight seconds of `socle.is_alive` forgive three of these that are late. */
const BEAT_MS = 2000;

const BEAT = `
  insert into socle.processes (id, role, host, pid, job_pool) values ($1, $2, $3, $4, $5)
  on conflict (id) do update set seen_at = now(), job_pool = excluded.job_pool`;

/**
 * Reports this process as alive until `stop`, on a connection of its own, so that a busy pool does not look like
 * a death. A process that was frozen is taken for dead meanwhile: what it held may belong to another by now.
 */
export async function startProcess({
  database,
  role,
}: {
  database: Pick<Database, 'url' | 'sql'>;
  role: string;
}): Promise<Process> {
  const id = randomUUID();
  const stopped = new AbortController();
  let jobPool: string | null = null;
  let client: pg.Client | undefined;

  const beat = async (): Promise<void> => {
    client ??= await connect(database.url);
    await client.query(BEAT, [id, role, hostname(), process.pid, jobPool]);
  };
  const keepBeating = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await delay(BEAT_MS, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);
      if (!stopped.signal.aborted) await beat().catch(drop);
    }
  };
  const drop = async (): Promise<void> => {
    const broken = client;
    client = undefined;
    await broken?.end().catch(() => undefined);
  };

  try {
    await beat();
  } catch (error) {
    await drop();
    throw toDatabaseError(error, 'no');
  }
  await database.sql.query(`delete from socle.processes where seen_at < now() - interval '1 day'`);
  const beating = keepBeating();
  return {
    id,
    announceJobPool: async (pool) => {
      jobPool = pool;
      await database.sql.query('update socle.processes set job_pool = $2 where id = $1', [id, pool]);
    },
    stop: async () => {
      stopped.abort();
      await beating;
      await client?.query('delete from socle.processes where id = $1', [id]).catch(() => undefined);
      await drop();
    },
  };
}

/** Processes of the last day, the newest first. */
export async function listProcesses(database: Pick<Database, 'sql'>): Promise<readonly ProcessRow[]> {
  return database.sql.query<ProcessRow>(
    `select id, role, host, pid, started_at as "startedAt", seen_at as "seenAt", socle.is_alive(id) as alive
     from socle.processes order by started_at desc`,
  );
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'socle process',
    connectionTimeoutMillis: 3000,
    query_timeout: 3000,
    keepAlive: true,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
