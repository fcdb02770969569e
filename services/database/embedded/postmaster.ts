import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { open, readFile, readlink, realpath, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SocleError } from '@socle/kernel';
import type { Account } from './account.ts';

/** What `postmaster.pid` says: the one source of truth about a running server. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Accepts connections: neither starting, recovering nor stopping. */
  readonly ready: boolean;
}

export interface StartOptions {
  readonly bin: string;
  readonly dataDir: string;
  readonly port: number;
  readonly account: Account | undefined;
  readonly logFile: string;
  /** `name=value` over the ones below. */
  readonly settings?: readonly string[];
}

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'shared_buffers=64MB',
  // one machine, small data: no helper processes for reading ahead or for replicas, no compiled queries
  'io_method=sync',
  'max_wal_senders=0',
  'max_logical_replication_workers=0',
  'jit=off',
  'log_min_messages=warning',
  'log_line_prefix=%m [%p] ',
  'log_timezone=UTC',
  'timezone=UTC',
];

/** The server on this data folder, or undefined when none runs. Removes what a dead one left, if that would block. */
export async function findPostmaster(dataDir: string): Promise<Postmaster | undefined> {
  const file = join(dataDir, 'postmaster.pid');
  const text = await readFile(file, 'utf8').catch(absent);
  const found = text === undefined ? undefined : parse(text);
  if (!found) return undefined;
  if (await isAlive(found.pid, dataDir)) return found;
  await discard(file, text);
  return undefined;
}

/** Runs until `stop`: detached, so that neither a terminal's Ctrl-C nor the end of this process reaches it. */
export async function startPostmaster(options: StartOptions): Promise<Postmaster> {
  const { bin, dataDir, port, account, logFile, settings = [] } = options;
  const log = await open(logFile, 'a', 0o600);
  const { size } = await log.stat();
  const parameters = [...SETTINGS, `port=${port}`, ...settings].flatMap((one) => ['-c', one]);
  const child = spawn(join(bin, 'postgres'), ['-D', dataDir, ...parameters], {
    ...account,
    cwd: '/',
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  child.unref();
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`exit ${code ?? signal}`));
  });
  await log.close();
  for (;;) {
    const outcome = await Promise.race([ended, delay(5)]);
    if (outcome !== undefined) {
      const told = (await readFile(logFile)).subarray(size).toString().trim();
      throw new SocleError('unavailable', `PostgreSQL did not start (${outcome}): ${told}`, {
        applied: 'no',
      });
    }
    const text = await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(absent);
    const found = text === undefined ? undefined : parse(text);
    if (found?.ready && found.pid === child.pid) return found;
  }
}

/** Asked to stop, then pressed: what was committed is in the log, and recovered next time. */
const ESCALATION: Readonly<Record<number, NodeJS.Signals>> = { 20000: 'SIGQUIT', 25000: 'SIGKILL' };

/** `fast`: transactions are rolled back, data are written. `crash`: nothing is; for data that nobody needs. */
export async function stopPostmaster(
  dataDir: string,
  { pid }: Pick<Postmaster, 'pid'>,
  mode: 'fast' | 'crash' = 'fast',
): Promise<void> {
  for (let waitedMs = 0; waitedMs < 30_000 && (await isAlive(pid, dataDir)); waitedMs += 10) {
    const signal = waitedMs === 0 ? (mode === 'fast' ? 'SIGINT' : 'SIGQUIT') : ESCALATION[waitedMs];
    try {
      if (signal) process.kill(pid, signal);
    } catch {
      return;
    }
    await delay(10);
  }
}

/** A port that is free now; whoever uses it must expect to lose the race for it. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

function parse(text: string): Postmaster | undefined {
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  // a negative pid is that of a stand-alone backend
  return pid > 0 ? { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' } : undefined;
}

/** Process ids are reused, most of all in containers: a server is one that works in its data folder. */
async function isAlive(pid: number, dataDir: string): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  const [cwd, own] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => undefined),
    realpath(dataDir).catch(() => dataDir),
  ]);
  return cwd === own;
}

/** PostgreSQL would take a living process with the old id for itself. Moved first, in case a new server wrote it anew. */
async function discard(file: string, judged: string | undefined): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(absent);
  const moved = await readFile(aside, 'utf8').catch(absent);
  if (moved !== undefined && moved !== judged) await rename(aside, file);
  else await rm(aside, { force: true });
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
