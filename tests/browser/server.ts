import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const socle = join(dirname(fileURLToPath(import.meta.url)), '../../apps/server/bin/socle.js');

export interface Served {
  readonly url: string;
  /** One operation through the public API. */
  call(port: string, operation: string, input: object): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** A real `socle start` on an empty folder, without any key. */
export async function startSocle(): Promise<Served> {
  const home = await mkdtemp(join(tmpdir(), 'socle-console-'));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, [socle, 'start'], {
    cwd: home,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      SOCLE_HOME: join(home, 'state'),
      PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(String(chunk)));
  const close = async (): Promise<void> => {
    await stop(child);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await ready(`${url}/readyz`, child);
  } catch (error) {
    await close();
    throw new Error(`socle start did not come up:\n${said.join('')}`, { cause: error });
  }
  return {
    url,
    close,
    call: async (module, operation, input) => {
      const answer = await fetch(`${url}/api/v1/${module}/${operation}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(input),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as Record<string, string>;
    },
  };
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until && child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`exit code ${child.exitCode}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGINT');
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}
