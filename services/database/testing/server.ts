import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findPostmaster, stopPostmaster } from '../embedded/postmaster.ts';
import { joinServer } from '../embedded/server.ts';
import { migrate } from '../migrate.ts';
import { quiet } from './log.ts';

const PREFIX = join(tmpdir(), 'socle-test-');

/** A PostgreSQL server for one test run: fast instead of durable, gone afterwards. */
export async function startTestServer(): Promise<{ url: string; stop(): Promise<void> }> {
  await sweep();
  const home = await mkdtemp(PREFIX);
  await chmod(home, 0o711);
  await writeFile(join(home, 'runner'), String(process.pid));
  const settings = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_wal_size=4GB'];
  const server = await joinServer({ home, log: quiet, settings });
  // the roles belong to the whole server: made here, test databases do not race to make them
  await migrate({ url: server.url }, []);
  return { url: server.url, stop: () => remove(home) };
}

/** What a killed run left behind. */
async function sweep(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(basename(PREFIX)));
  for (const home of names.map((name) => join(tmpdir(), name))) {
    const runner = Number(await readFile(join(home, 'runner'), 'utf8').catch(() => ''));
    if (runner > 0 && !isRunning(runner)) await remove(home).catch(() => undefined);
  }
}

async function remove(home: string): Promise<void> {
  const dataDir = join(home, 'pg', 'data');
  const running = await findPostmaster(dataDir);
  if (running) await stopPostmaster(dataDir, running, 'crash');
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
