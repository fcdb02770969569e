import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, chown, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SocleError } from '@socle/kernel';
import type { Account } from './account.ts';

const run = promisify(execFile);

/** Not `socle`: a schema named like the user comes before `public` in the search path. */
export const SUPERUSER = 'postgres';

export interface ClusterOptions {
  readonly bin: string;
  /** Holds `data`. */
  readonly dir: string;
  readonly account: Account | undefined;
  readonly password: string;
}

/**
 * Makes the data folder, unless it is there. It appears whole, by renaming: a kill half-way leaves a draft
 * that a later call sweeps away, and of two processes at once one makes it and the other finds it.
 */
export async function ensureCluster({ bin, dir, account, password }: ClusterOptions): Promise<string> {
  const dataDir = join(dir, 'data');
  if (await exists(join(dataDir, 'PG_VERSION'))) return dataDir;
  await sweep(dir);
  const draft = join(dir, `draft-${process.pid}-${randomUUID()}`);
  const passwordFile = `${draft}.password`;
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account) {
      for (const path of [draft, passwordFile]) await chown(path, account.uid, account.gid);
    }
    await run(
      join(bin, 'initdb'),
      [
        `--pgdata=${draft}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // the same order and case rules on every machine
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
      ],
      { ...account, cwd: '/', env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' } },
    );
    await chmod(draft, 0o700);
    await rename(draft, dataDir);
  } catch (error) {
    if (await exists(join(dataDir, 'PG_VERSION'))) return dataDir;
    throw new SocleError('internal', `PostgreSQL could not set up ${dir}`, {}, error);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
  return dataDir;
}

async function sweep(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const pid = /^draft-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      // the initdb of a killed process may still be writing
      await rm(join(dir, name), { recursive: true, force: true, maxRetries: 20 });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
