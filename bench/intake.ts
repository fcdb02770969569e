import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Log } from '@socle/kernel';
import { type Database, migrate, openDatabase } from '@socle/service-database';
import { eventsMigrations } from '@socle/service-events';
import { inboxMigrations } from '@socle/service-inbox';
import { migrateJobs } from '@socle/service-jobs';
import { median } from './figures.ts';

const run = promisify(execFile);
const SERVER = fileURLToPath(new URL('./intake-server.ts', import.meta.url));
const SECRET = 'whsec_bench';

export interface IntakeFigures {
  /** Deliveries verified, committed with their job and answered. */
  readonly perSecond: number;
  /** Rows that pgbench commits one by one, on the same server in the same minute. */
  readonly baselinePerSecond: number;
  /** Median of the rounds' ratios: both halves of a round met the same machine. */
  readonly ratio: number;
  readonly rounds: readonly { readonly perSecond: number; readonly baselinePerSecond: number }[];
}

/**
 * wrk posts signed bodies, each another event, to the inbox behind a bare Node server; then pgbench inserts
 * rows of the same size, 16 clients, prepared. Interleaved; nothing is pinned: all share the machine. Nobody
 * processes the deliveries meanwhile: this measures intake alone, and `flows.ts` what comes after.
 */
export async function benchIntake({ rounds = 5, seconds = 5 } = {}): Promise<IntakeFigures> {
  const home = mkdtempSync(join(tmpdir(), 'socle-bench-'));
  const database = await openDatabase({ home, log });
  let server: ChildProcess | undefined;
  try {
    await migrate(database, [eventsMigrations, inboxMigrations]);
    await migrateJobs(database);
    await database.sql.query(`create table public.bench_rows (
      id bigint generated always as identity primary key, key text not null unique, body jsonb not null)`);
    server = spawn(process.execPath, [SERVER, database.url, SECRET], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (!server.stdout) throw new Error('no server');
    const [line] = await once(server.stdout, 'data');
    const url = String(line).trim();
    const post = writeLua(home);
    const insert = writeSql(home);
    const wrk = (length: number) => runWrk({ url, script: post, seconds: length });
    await wrk(2);
    const measured: IntakeFigures['rounds'][number][] = [];
    for (let round = 0; round < rounds; round += 1) {
      await clear(database);
      const perSecond = await wrk(seconds);
      await checkStored(database, perSecond * seconds);
      await clear(database);
      measured.push({ perSecond, baselinePerSecond: await runPgbench({ database, insert, seconds }) });
    }
    return {
      perSecond: median(measured.map((one) => one.perSecond)),
      baselinePerSecond: median(measured.map((one) => one.baselinePerSecond)),
      ratio: median(measured.map((one) => one.perSecond / one.baselinePerSecond)),
      rounds: measured,
    };
  } finally {
    if (server && server.exitCode === null) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    await database.close();
    rmSync(home, { recursive: true, force: true });
  }
}

/** More than one round can post, so that none is a duplicate. */
const BODIES = 150_000;
const PADDING = 'x'.repeat(240);

/** Signed beforehand: wrk knows no HMAC, and computing it is the sender's cost. */
function writeLua(home: string): string {
  const signedPath = join(home, 'signed.tsv');
  const at = Math.floor(Date.now() / 1000);
  const lines = Array.from({ length: BODIES }, (_, n) => {
    const body = JSON.stringify({
      id: `evt_bench_${n}`,
      object: 'event',
      type: 'payment_intent.succeeded',
      data: { object: { id: `pi_bench_${n}`, amount: 1250, currency: 'eur', description: PADDING } },
    });
    const digest = createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex');
    return `t=${at},v1=${digest}\t${body}`;
  });
  writeFileSync(signedPath, `${lines.join('\n')}\n`);
  const path = join(home, 'post.lua');
  writeFileSync(
    path,
    `local signed = {}
local at = 0
for line in io.lines("${signedPath}") do
  local signature, body = line:match("^(.-)\t(.*)$")
  signed[#signed + 1] = { signature, body }
end
function request()
  at = at % #signed + 1
  local headers = { ["content-type"] = "application/json", ["stripe-signature"] = signed[at][1] }
  return wrk.format("POST", "/", headers, signed[at][2])
end
`,
  );
  return path;
}

async function runWrk({
  url,
  script,
  seconds,
}: {
  url: string;
  script: string;
  seconds: number;
}): Promise<number> {
  const { stdout } = await run('wrk', ['-t1', '-c64', `-d${seconds}`, '-s', script, url]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`deliveries were refused:\n${stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}

function writeSql(home: string): string {
  const path = join(home, 'insert.sql');
  const body = JSON.stringify({
    object: 'event',
    type: 'payment_intent.succeeded',
    padding: 'x'.repeat(330),
  });
  writeFileSync(
    path,
    `\\set key random(1, 1000000000000000)
insert into public.bench_rows (key, body) values ('evt_bench_' || :key::bigint, '${body}');
`,
  );
  return path;
}

async function runPgbench({
  database,
  insert,
  seconds,
}: {
  database: Database;
  insert: string;
  seconds: number;
}): Promise<number> {
  const { hostname, port, username, password, pathname } = new URL(database.url);
  const where = ['-h', hostname, '-p', port, '-U', username, pathname.slice(1)];
  const how = ['-n', '-M', 'prepared', '-c16', '-j2', `-T${seconds}`, '-f', insert];
  const env = { ...process.env, PGPASSWORD: decodeURIComponent(password) };
  const { stdout } = await run('pgbench', [...how, ...where], { env });
  return Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
}

/** What was answered is on disk, each with a job to its batch. */
async function checkStored({ sql }: Database, answered: number): Promise<void> {
  const [row] = await sql.query<{ deliveries: number; queued: number }>(
    `select (select count(*)::int from socle.deliveries) as deliveries,
       (select sum(json_array_length(payload -> 'ids'))::int from graphile_worker._private_jobs) as queued`,
  );
  if (!row || row.deliveries < answered * 0.98 || row.queued !== row.deliveries) {
    throw new Error(`answered ${answered}, found ${JSON.stringify(row)}`);
  }
}

async function clear({ sql }: Database): Promise<void> {
  await sql.query('truncate socle.deliveries, public.bench_rows, graphile_worker._private_jobs');
  await sql.query('checkpoint');
}

const silent = (): void => undefined;
const tell = (fields: object, message: string): void => console.error(message, fields);
const log: Log = { debug: silent, info: silent, warn: tell, error: tell };

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { perSecond, baselinePerSecond, ratio, rounds } = await benchIntake();
  for (const one of rounds) {
    console.log(`${Math.round(one.perSecond)}/s against ${Math.round(one.baselinePerSecond)}/s of pgbench`);
  }
  console.log(
    `durable intake: ${Math.round(perSecond)}/s = ${Math.round(ratio * 100)} % of ${Math.round(baselinePerSecond)}/s`,
  );
}
