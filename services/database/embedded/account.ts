import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { SocleError } from '@socle/kernel';

const run = promisify(execFile);

/** Whom PostgreSQL runs as. It refuses to run as root. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const OWN = 'socle-postgres';

/**
 * The account for a server whose data are (or will be) in `dataDir`; undefined means our own user.
 * As root: whoever owns the data already, else a user of Socle's own, made on first use.
 */
export async function chooseAccount(dataDir?: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = dataDir === undefined ? undefined : await stat(dataDir).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const known = (await find(OWN)) ?? (await create()) ?? (await find('postgres')) ?? (await find('nobody'));
  if (known) return known;
  throw new SocleError(
    'misconfigured',
    `PostgreSQL does not run as root and no other user could be made · run Socle as an ordinary user, create the user ${OWN}, or set DATABASE_URL`,
  );
}

/** Whether the account can enter the folder: asked of the system, so that ACLs and mounts count too. */
export async function canEnter(account: Account | undefined, path: string): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd -- "$0"', path], { cwd: '/', ...account }).then(
    () => true,
    () => false,
  );
}

async function create(): Promise<Account | undefined> {
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  // fails where there is no useradd or /etc cannot be written, and when another process was faster
  await run('useradd', [...options, '--shell', '/usr/sbin/nologin', OWN]).catch(() => undefined);
  return find(OWN);
}

async function find(name: string): Promise<Account | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}
