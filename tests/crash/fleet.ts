import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const socle = fileURLToPath(new URL('../../apps/server/bin/socle.js', import.meta.url));

export type Role = 'server' | 'worker';

/** One place in which a process runs, is killed, and runs again: real `socle server` and `socle worker`. */
export interface Post {
  readonly role: Role;
  /** Starts the process and waits until it says that it is ready. */
  start(): Promise<void>;
  /** `kill -9`, at whatever it is doing. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

export function createPost(role: Role, env: Readonly<Record<string, string>>): Post {
  let child: ChildProcess | undefined;
  return {
    role,
    async start() {
      const started = spawn(process.execPath, [socle, role], {
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child = started;
      await ready(started);
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    signal: (name) => void child?.kill(name),
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: unknown): void => {
      output = (output + String(chunk)).slice(-20_000);
      if (output.includes('"msg":"ready"')) resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve();
      else reject(new Error(`socle ended with ${code ?? signal}: ${output}`));
    });
  });
}
