import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Log, SocleError } from '@socle/kernel';
import pg from 'pg';
import { LOCKS } from '../locks.ts';
import { findBinaries } from './binaries.ts';
import { ensureCluster, SUPERUSER } from './cluster.ts';
import { findPlace, type Place } from './place.ts';
import { findPostmaster, freePort, startPostmaster, stopPostmaster } from './postmaster.ts';

/** This process's part in the server of a home. */
export interface Membership {
  readonly url: string;
  /** Stops the server when no other process is a member. */
  leave(): Promise<void>;
}

export interface JoinOptions {
  readonly home: string;
  readonly log: Log;
  /** PostgreSQL settings, `name=value`, for a server that this process starts. */
  readonly settings?: readonly string[];
}

/** Long enough to recover after a crash. */
const PATIENCE_MS = 60_000;

/**
 * Joins the server of `home`, or starts it. There is no owner: every process holds a shared advisory lock while
 * it uses the server, so the last one to leave knows that it is; and a killed process has left, as PostgreSQL
 * releases its lock. A server that dies while it has members is started again by them.
 */
export async function joinServer({ home, log, settings = [] }: JoinOptions): Promise<Membership> {
  await mkdir(home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const place = await findPlace(await realpath(home));
  const urlFor = (port: number) =>
    `postgres://${SUPERUSER}:${encodeURIComponent(place.password)}@127.0.0.1:${port}/postgres`;
  let leaving = false;

  const join = async (fixedPort?: number): Promise<{ member: pg.Client; port: number; dataDir: string }> => {
    for (const until = Date.now() + PATIENCE_MS; ; await delay(20)) {
      const { port, dataDir } = await ensureRunning({ place, settings, until, fixedPort });
      const member = await enter(urlFor(port));
      if (member) return { member, port, dataDir };
      if (Date.now() > until) throw tooLong(place);
    }
  };

  let current = await join();
  const { port } = current;
  const watch = (member: pg.Client): void => void member.once('end', () => void rejoin());
  const rejoin = async (): Promise<void> => {
    while (!leaving) {
      log.warn({}, 'the embedded PostgreSQL went away; looking for it');
      try {
        current = await join(port);
        if (leaving) await current.member.end();
        else watch(current.member);
        return;
      } catch (error) {
        log.error({ err: error }, 'the embedded PostgreSQL could not be started again');
        await delay(2000, undefined, { ref: false });
      }
    }
  };
  watch(current.member);

  return {
    url: urlFor(port),
    leave: async () => {
      if (leaving) return;
      leaving = true;
      const { member, dataDir } = current;
      const last = await isLast(member);
      const running = last ? await findPostmaster(dataDir) : undefined;
      if (running) await stopPostmaster(dataDir, running);
      await member.end().catch(() => undefined);
    },
  };
}

interface Running {
  readonly port: number;
  readonly dataDir: string;
}

interface EnsureOptions {
  readonly place: Place;
  readonly settings: readonly string[];
  readonly until: number;
  readonly fixedPort: number | undefined;
}

async function ensureRunning({ place, settings, until, fixedPort }: EnsureOptions): Promise<Running> {
  const { account, dir, logFile } = place;
  let bin: string | undefined;
  let dataDir = `${dir}/data`;
  for (let failures = 0; ; await delay(20)) {
    const found = await findPostmaster(dataDir);
    if (found?.ready) return { port: found.port, dataDir };
    if (Date.now() > until) throw tooLong(place);
    if (found) continue;
    bin ??= await findBinaries(account, place.copies);
    dataDir = await ensureCluster({ bin, dir, account, password: place.password });
    const port = fixedPort ?? (await choosePort(place, failures));
    try {
      await startPostmaster({ bin, dataDir, port, account, logFile, settings });
      if (fixedPort === undefined) await writeFile(place.portFile, String(port), { mode: 0o600 });
    } catch (error) {
      // another process was faster; or processes of a killed server are still ending
      const passing = /lock file "postmaster.pid"|shared memory block/.test(String(error));
      failures += passing ? 0 : 1;
      if (failures === 3) throw error;
      await delay(100);
    }
  }
}

/** The one of last time, as people and their tools remember it; another when that failed. */
async function choosePort({ portFile }: Place, failures: number): Promise<number> {
  const last = failures === 0 ? Number(await readFile(portFile, 'utf8').catch(() => '')) : 0;
  return last > 0 ? last : freePort();
}

/** A connection with the member's lock; undefined while the server is starting, stopping or being stopped. */
async function enter(url: string): Promise<pg.Client | undefined> {
  const member = new pg.Client({ connectionString: url, application_name: 'socle member', keepAlive: true });
  member.on('error', () => undefined); // followed by `end`
  try {
    await member.connect();
    const { rows } = await member.query<{ held: boolean }>('select pg_try_advisory_lock_shared($1) held', [
      LOCKS.server,
    ]);
    if (rows[0]?.held) return member;
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (code === '28P01') {
      throw new SocleError(
        'misconfigured',
        'the password of the embedded PostgreSQL is not the one in pg/password · restore that file',
        {},
        error,
      );
    }
  }
  await member.end().catch(() => undefined);
  return undefined;
}

/** Gives our share up and takes the whole lock, which nobody else must share. Once it is ours, nobody can join. */
async function isLast(member: pg.Client): Promise<boolean> {
  try {
    await member.query('select pg_advisory_unlock_shared($1)', [LOCKS.server]);
    const { rows } = await member.query<{ last: boolean }>('select pg_try_advisory_lock($1) as last', [
      LOCKS.server,
    ]);
    return rows[0]?.last ?? false;
  } catch {
    return false;
  }
}

function tooLong({ logFile }: Place): SocleError {
  return new SocleError('unavailable', `the embedded PostgreSQL does not get ready · see ${logFile}`, {
    applied: 'no',
  });
}
