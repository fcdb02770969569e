import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPostmaster, stopPostmaster } from '../embedded/postmaster.ts';

/** A state folder whose server and data are gone after `remove`. */
export interface TestHome {
  readonly path: string;
  /** Where the server's data are. */
  dataDir(): Promise<string>;
  remove(): Promise<void>;
}

export async function createTestHome({
  parent = tmpdir(),
  mode = 0o711,
}: {
  parent?: string;
  mode?: number;
} = {}): Promise<TestHome> {
  const path = await mkdtemp(join(parent, 'socle-home-'));
  await chmod(path, mode);
  const dir = async () => readFile(join(path, 'pg', 'location'), 'utf8').catch(() => join(path, 'pg'));
  return {
    path,
    dataDir: async () => join(await dir(), 'data'),
    remove: async () => {
      const dataDir = join(await dir(), 'data');
      const running = await findPostmaster(dataDir);
      if (running) await stopPostmaster(dataDir, running, 'crash');
      await rm(await dir(), { recursive: true, force: true });
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** A child process that joined the server of `home`. */
export interface Member {
  readonly child: ChildProcess;
  /** The URL, or what went wrong. */
  readonly told: string;
  /** Closes the database and ends. */
  leave(): Promise<void>;
  kill(): Promise<void>;
}

export function spawnMember(
  home: string,
  { hold = false, as = [] }: { hold?: boolean; as?: readonly string[] } = {},
): ChildProcess {
  const script = fileURLToPath(new URL('./member.ts', import.meta.url));
  const [program = process.execPath, ...args] = [
    ...as,
    process.execPath,
    script,
    home,
    ...(hold ? ['hold'] : []),
  ];
  // a process group of its own, as a command in a terminal has
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/', detached: true });
}

export async function startMember(...options: Parameters<typeof spawnMember>): Promise<Member> {
  const child = spawnMember(...options);
  const [chunk] = child.stdout ? await once(child.stdout, 'data') : [];
  const end = async (signal: NodeJS.Signals) => {
    const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    child.kill(signal);
    await exited;
  };
  return { child, told: String(chunk).trim(), leave: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
