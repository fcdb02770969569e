import { chmod, chown, cp, lstat, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { impossible, missing } from '../../../tests/support/need.ts';
import { createTestHome, startMember } from '../testing/home.ts';
import { canEnter, chooseAccount } from './account.ts';
import { locatePackage, makeRunnable } from './binaries.ts';
import { findPostmaster } from './postmaster.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = { uid: 65534, gid: 65534 };
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function tempDir(parent = tmpdir()): Promise<string> {
  const path = await mkdtemp(join(parent, 'socle-account-'));
  cleanups.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function testHome(options: Parameters<typeof createTestHome>[0] = {}) {
  const home = await createTestHome(options);
  cleanups.push(home.remove);
  return home;
}

async function ownerOfServer(dataDir: string): Promise<number | undefined> {
  const found = await findPostmaster(dataDir);
  return found && (await stat(`/proc/${found.pid}`)).uid;
}

async function noOrdinaryUser(): Promise<string | undefined> {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const absent = await missing('setpriv');
  return (
    absent ??
    ((await canEnter(NOBODY, here)) ? undefined : impossible('an ordinary user cannot enter this folder'))
  );
}

test('programs whose libraries were not linked by npm are linked in place', async () => {
  const { native, version } = await locatePackage();
  const copy = join(await tempDir(), 'native');
  await cp(native, copy, { recursive: true, filter: async (path) => !(await isLink(path)) });
  const bin = await makeRunnable({ native: copy, version }, undefined, join(copy, 'unused'));
  expect(bin).toBe(join(copy, 'bin'));
});

// what only root can do is no test for anybody else
describe.each(isRoot ? ['as root'] : [])('%s', () => {
  test('PostgreSQL runs as another user', async () => {
    const home = await testHome();
    const member = await startMember(home.path);
    cleanups.push(member.kill);
    expect(member.told).toMatch(/^postgres:/);
    expect(await ownerOfServer(await home.dataDir())).toBeGreaterThan(0);
    expect(await home.dataDir()).toBe(join(home.path, 'pg', 'data'));
    await member.leave();
  });

  test('in a folder that only root enters, its data are where it can reach them', async () => {
    const home = await testHome({ parent: homedir(), mode: 0o700 });
    const first = await startMember(home.path);
    cleanups.push(first.kill);
    expect(first.told).toMatch(/^postgres:/);
    const dataDir = await home.dataDir();
    expect(dataDir).toMatch(/^\/var\/lib\/socle\//);
    expect(await ownerOfServer(dataDir)).toBeGreaterThan(0);
    await first.leave();
    expect(await findPostmaster(dataDir)).toBeUndefined();
    const second = await startMember(home.path);
    cleanups.push(second.kill);
    expect(second.told).toBe(first.told);
    expect(await home.dataDir()).toBe(dataDir);
    await second.leave();
  });

  test('an ordinary user needs nothing of it', async (context) => {
    const reason = await noOrdinaryUser();
    if (reason) context.skip(reason);
    const home = await testHome({ mode: 0o700 });
    await chown(home.path, NOBODY.uid, NOBODY.gid);
    const member = await startMember(home.path, {
      as: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
    });
    cleanups.push(member.kill);
    expect(member.told).toMatch(/^postgres:/);
    expect(await ownerOfServer(await home.dataDir())).toBe(NOBODY.uid);
    expect(await home.dataDir()).toBe(join(home.path, 'pg', 'data'));
    await member.leave();
  });

  test("root opens an ordinary user's home with that user's server, and leaves it usable for him", async (context) => {
    const reason = await noOrdinaryUser();
    if (reason) context.skip(reason);
    const home = await testHome({ mode: 0o700 });
    await chown(home.path, NOBODY.uid, NOBODY.gid);
    const as = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    for (const options of [{ as }, {}, { as }]) {
      const member = await startMember(home.path, options);
      cleanups.push(member.kill);
      expect(member.told).toMatch(/^postgres:/);
      expect(await ownerOfServer(await home.dataDir())).toBe(NOBODY.uid);
      await member.leave();
    }
  });

  test('programs that the account cannot reach are copied once, whole, for all', async () => {
    const account = await chooseAccount();
    const { native } = await locatePackage();
    const hidden = await tempDir(homedir());
    await cp(native, join(hidden, 'native'), { recursive: true, verbatimSymlinks: true });
    await chmod(hidden, 0o700);
    const copies = await tempDir();
    await chmod(copies, 0o755);
    const installed = { native: join(hidden, 'native'), version: '0.0.0-test' };
    const mask = process.umask(0o077);
    try {
      const bins = await Promise.all([1, 2, 3].map(() => makeRunnable(installed, account, copies)));
      expect(new Set(bins)).toEqual(new Set([join(copies, 'postgresql-0.0.0-test', 'bin')]));
    } finally {
      process.umask(mask);
    }
    expect(await readdir(copies)).toEqual(['postgresql-0.0.0-test']);
  });

  test('data of temporary homes that are gone are swept away', async () => {
    const gone = await createTestHome({ mode: 0o700 });
    const member = await startMember(gone.path);
    cleanups.push(member.kill);
    const place = await readFile(join(gone.path, 'pg', 'location'), 'utf8');
    cleanups.push(() => rm(place, { recursive: true, force: true }));
    await rm(gone.path, { recursive: true });
    await member.kill();
    const next = await testHome({ mode: 0o700 });
    const other = await startMember(next.path);
    cleanups.push(other.kill);
    expect(other.told).toMatch(/^postgres:/);
    await expect(stat(place)).rejects.toMatchObject({ code: 'ENOENT' });
    await other.leave();
  });
});

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path)).isSymbolicLink();
}
