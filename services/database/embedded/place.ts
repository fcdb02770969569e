import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { SocleError } from '@socle/kernel';
import { type Account, canEnter, chooseAccount } from './account.ts';
import { findPostmaster, stopPostmaster } from './postmaster.ts';

/** Where a home's server lives. */
export interface Place {
  /** Holds `data`; the account can enter it. */
  readonly dir: string;
  readonly account: Account | undefined;
  readonly password: string;
  /** For copies of the programs, when the account cannot run the installed ones. */
  readonly copies: string;
  readonly logFile: string;
  /** Remembers the port, so that a server comes back where its processes look for it. */
  readonly portFile: string;
}

/** For root only: what PostgreSQL's account must reach. */
const SYSTEM = '/var/lib/socle';

/**
 * `<home>/pg`; or, when we are root and the server's account cannot enter that, a folder under /var/lib/socle
 * that `<home>/pg/location` points to.
 */
export async function findPlace(home: string): Promise<Place> {
  const own = join(home, 'pg');
  try {
    // root's own folders may be crossed by the server's account, not read
    await mkdir(own, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    await mkdir(join(home, 'logs'), { recursive: true, mode: 0o700 });
    const { dir, account } = await locate(home, own);
    return {
      dir,
      account,
      password: await writeOnce(join(own, 'password'), randomBytes(24).toString('base64url')),
      copies: account ? SYSTEM : own,
      logFile: join(home, 'logs', 'postgresql.log'),
      portFile: join(own, 'port'),
    };
  } catch (error) {
    if (
      !(
        error instanceof Error &&
        'code' in error &&
        ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code))
      )
    )
      throw error;
    throw new SocleError(
      'misconfigured',
      `${home} cannot be used by this user (${error.message}) · run as the user it belongs to, or set SOCLE_HOME to a folder of your own`,
      {},
      error,
    );
  }
}

async function locate(home: string, own: string): Promise<Pick<Place, 'dir' | 'account'>> {
  const pointer = join(own, 'location');
  const elsewhere = await readFile(pointer, 'utf8').catch(absent);
  if (elsewhere !== undefined) {
    if (!(await stat(elsewhere).catch(absent))) {
      throw new SocleError(
        'misconfigured',
        `the data of ${home} were in ${elsewhere}, which is gone · restore it, or remove ${own} to start empty`,
      );
    }
    return { dir: elsewhere, account: await chooseAccount(join(elsewhere, 'data')) };
  }
  const account = await chooseAccount(join(own, 'data'));
  if (!account || (await canEnter(account, own))) return { dir: own, account };
  if (await stat(join(own, 'data')).catch(absent)) {
    throw new SocleError(
      'misconfigured',
      `PostgreSQL's user can no longer enter ${own} · let others cross its parent folders again (chmod o+x)`,
    );
  }
  await mkdir(SYSTEM, { recursive: true });
  await chmod(SYSTEM, 0o755);
  await sweep();
  const dir = join(SYSTEM, randomUUID());
  await mkdir(dir, { mode: 0o711 });
  await writeFile(join(dir, 'home'), home);
  const chosen = await writeOnce(pointer, dir);
  if (chosen !== dir) await rm(dir, { recursive: true, force: true });
  return { dir: chosen, account };
}

/**
 * Removes the data of temporary homes that are gone. A home anywhere else may have been moved or be on a
 * disk that is not mounted: its data stay until a person removes them.
 */
async function sweep(): Promise<void> {
  const temporary = tmpdir() + sep;
  for (const name of await readdir(SYSTEM)) {
    const dir = join(SYSTEM, name);
    const home = await readFile(join(dir, 'home'), 'utf8').catch(() => '');
    if (!home.startsWith(temporary) || (await stat(home).catch(() => undefined))) continue;
    const running = await findPostmaster(join(dir, 'data')).catch(() => undefined);
    if (running) await stopPostmaster(join(dir, 'data'), running, 'crash');
    await rm(dir, { recursive: true, force: true });
  }
}

/** The file's content; of several processes that would write it, the first decides. */
async function writeOnce(file: string, content: string): Promise<string> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, content, { mode: 0o600 });
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(file, 'utf8');
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
