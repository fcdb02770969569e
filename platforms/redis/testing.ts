import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type Host, systemClock } from '@socle/kernel';

/** A real Redis, forgetful, on a free port of this machine. */
export async function startRedis(
  ...options: readonly string[]
): Promise<{ url: string; port: number; child: ChildProcess }> {
  const port = await freePort();
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    ...options,
  ];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  for await (const chunk of child.stdout) {
    output += String(chunk);
    if (output.includes('Ready to accept connections')) break;
  }
  child.stdout.resume();
  return { url: `redis://127.0.0.1:${port}`, port, child };
}

export async function stopRedis(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

export function testHost(onConnect: Host['connect'] = () => {}): Host {
  const ignore = (): void => {};
  return {
    fetch,
    connect: onConnect,
    clock: systemClock,
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    local: () => {
      throw new Error('only for the embedded platform');
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
