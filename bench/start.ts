import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './figures.ts';

const socle = fileURLToPath(new URL('../node_modules/.bin/socle', import.meta.url));
const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));

export interface StartFigures {
  readonly firstMs: number;
  readonly warmMs: number;
  /** Bare Node listening, started as often, in between: what starting costs whatever the program. */
  readonly bareNodeMs: number;
  /** Proportional set size of all processes at rest: shared pages count once. */
  readonly restMegabytes: number;
}

/** Time from spawning `socle start` to the first 200 of `/readyz`, the database included. */
export async function benchStart({ rounds = 5 } = {}): Promise<StartFigures> {
  const home = mkdtempSync(join(tmpdir(), 'socle-bench-'));
  const warm: number[] = [];
  const bare: number[] = [];
  let restMegabytes = 0;
  try {
    const first = await startOnce(home);
    await stop(first.child);
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await startBare());
      const one = await startOnce(home);
      warm.push(one.ms);
      if (round === rounds - 1) restMegabytes = await settledMemory(one.child);
      await stop(one.child);
    }
    return { firstMs: first.ms, warmMs: median(warm), bareNodeMs: median(bare), restMegabytes };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function startOnce(home: string): Promise<{ child: ChildProcess; ms: number }> {
  const port = await freePort();
  const from = performance.now();
  const child = spawn(node, [socle, 'start'], {
    env: { ...process.env, SOCLE_HOME: home, PORT: String(port), PUBLIC_BASE_URL: '', DATABASE_URL: '' },
    stdio: 'ignore',
  });
  while (!(await answers(`http://127.0.0.1:${port}/readyz`))) {
    if (child.exitCode !== null) throw new Error(`socle start ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { child, ms: performance.now() - from };
}

async function startBare(): Promise<number> {
  const port = await freePort();
  const from = performance.now();
  const script = `require('node:http').createServer((q, s) => s.end('ok')).listen(${port}, '127.0.0.1')`;
  const child = spawn(node, ['-e', script], { stdio: 'ignore' });
  while (!(await answers(`http://127.0.0.1:${port}/`)))
    await new Promise((resolve) => setTimeout(resolve, 2));
  const ms = performance.now() - from;
  await stop(child);
  return ms;
}

/** At rest: the figure has stopped falling. */
async function settledMemory(child: ChildProcess): Promise<number> {
  let last = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < 20; sample += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const now = treeMegabytes(child.pid ?? 0);
    if (Math.abs(now - last) < 1) return now;
    last = now;
  }
  return last;
}

/** PSS of a process, what it started, and the PostgreSQL server that it started detached. */
function treeMegabytes(rootPid: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // ended meanwhile
    }
  }
  const inTree = (pid: number): boolean => {
    for (let at: number | undefined = pid; at && at > 1; at = parents.get(at))
      if (at === rootPid) return true;
    return false;
  };
  const kilobytes = [...parents.keys()].filter(inTree).map((pid) => {
    try {
      return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
