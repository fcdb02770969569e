import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { afterEach, beforeEach, expect, onTestFailed, test } from 'vitest';
import { type ResendFake, startFake as startResend } from '../../platforms/resend/fake.ts';
import { startFake as startSmtp } from '../../platforms/smtp/fake.ts';
import { createPost, type Post } from './fleet.ts';
import { createRandom, pause, startLoad, WEBHOOK_SECRET } from './vendor.ts';

/** Split over the two tests: together two hundred. */
const KILLS = 100;

let database: TestDatabase;
let home: string;
let posts: Post[];
let bases: string[];
let env: Record<string, string>;

beforeEach(async () => {
  database = await createTestDatabase();
  home = await mkdtemp(join(tmpdir(), 'socle-crash-'));
  env = {
    DATABASE_URL: database.url,
    SOCLE_HOME: home,
    SOCLE_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    STRIPE_SECRET_KEY: 'sk_test_crash00000000000000',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_BASE_URL: 'http://127.0.0.1:9',
    SOCLE_PAYMENTS: 'embedded',
  };
  posts = [];
  bases = [];
});

afterEach(async () => {
  await Promise.all(posts.map((one) => one.kill()));
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

/** Two servers and two workers: one of each goes on while its twin is down. */
async function deploy(more: Record<string, string>): Promise<void> {
  Object.assign(env, more);
  for (const role of ['server', 'server', 'worker', 'worker'] as const) {
    const port = role === 'server' ? await freePort() : 0;
    if (port) bases.push(`http://127.0.0.1:${port}`);
    posts.push(createPost(role, { ...env, ...(port ? { PORT: String(port) } : {}) }));
  }
  // the first brings the schema up to date
  for (const one of posts) await one.start();
}

/** Kills one process after another at a random moment of its life, its start included. */
async function killAll(kills: number, random: () => number): Promise<void> {
  let left = kills;
  await Promise.all(
    posts.map(async (one) => {
      while (left > 0) {
        left -= 1;
        await pause(random() * 900);
        await one.kill();
        const again = one.start();
        // one in four is killed again while it starts
        if (left > 0 && random() < 0.25) {
          left -= 1;
          await pause(random() * 700);
          await one.kill();
          await again;
          await one.start();
        } else await again;
      }
    }),
  );
}

interface Outcome {
  readonly rows: number;
  readonly succeeded: number;
  readonly parked: number;
  readonly others: readonly unknown[];
}

async function outcome(): Promise<Outcome> {
  const [rows] = await database.sql.query<{ n: number }>('select count(*)::int as n from public.payments');
  const runs = await database.sql.query<{ state: string; n: number }>(
    'select state, count(*)::int as n from socle.runs group by state',
  );
  const of = (state: string): number => runs.find((one) => one.state === state)?.n ?? 0;
  const others = runs.filter((one) => !['succeeded', 'parked'].includes(one.state));
  return { rows: rows?.n ?? 0, succeeded: of('succeeded'), parked: of('parked'), others };
}

/** Everything acknowledged has come to its end. */
async function settled(acknowledged: number): Promise<Outcome> {
  await expect
    .poll(
      async () => {
        const { succeeded, parked, others } = await outcome();
        return others.length === 0 && succeeded + parked >= acknowledged;
      },
      { timeout: 120_000, interval: 250 },
    )
    .toBe(true);
  return outcome();
}

function seeded(): () => number {
  const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
  onTestFailed(() => console.error(`to repeat it: CRASH_SEED=${seed}`));
  return createRandom(seed);
}

const mailsPerPayment = (recipients: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const one of recipients) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
};

test('killed at a hundred points, with a vendor that takes idempotency keys: one row and one mail for each payment', async () => {
  const random = seeded();
  const fake: ResendFake = await startResend({
    requestsPerSecond: 50,
    quotas: { day: 1_000_000, month: 1_000_000 },
  });
  try {
    await deploy({
      ...fake.env,
      RESEND_PLAN: 'pro',
      RESEND_FROM: 'Shop <shop@example.com>',
      SOCLE_EMAIL: 'resend',
    });
    const load = startLoad({ bases, senders: 4, backlog: 25, random, through: () => fake.emails.length });
    await killAll(KILLS, random);
    await load.finish();
    const count = load.acknowledged.size;
    expect(count).toBeGreaterThan(25);
    expect(await settled(count)).toEqual({ rows: count, succeeded: count, parked: 0, others: [] });
    const mails = mailsPerPayment(fake.emails.flatMap((one) => one.to));
    expect(mails.size).toBe(count);
    expect([...mails].filter(([, sent]) => sent !== 1)).toEqual([]);
  } finally {
    await fake.close();
  }
}, 600_000);

test('killed at a hundred points, with a vendor without them: never two mails, and what is in doubt is parked', async () => {
  const random = seeded();
  const fake = await startSmtp();
  try {
    await deploy({ ...fake.env, SMTP_FROM: 'Shop <shop@example.com>', SOCLE_EMAIL: 'smtp' });
    let finished = 0;
    const watching = new AbortController();
    const watch = (async () => {
      while (!watching.signal.aborted) {
        const { succeeded, parked } = await outcome().catch(() => ({ succeeded: 0, parked: 0 }));
        finished = Math.max(finished, succeeded + parked);
        await pause(100);
      }
    })();
    const load = startLoad({ bases, senders: 4, backlog: 50, random, through: () => finished });
    await killAll(KILLS, random);
    await load.finish();
    watching.abort();
    await watch;
    const count = load.acknowledged.size;
    const end = await settled(count);
    expect(end).toMatchObject({ rows: count, others: [] });
    expect(end.succeeded + end.parked).toBe(count);
    const mails = mailsPerPayment(fake.mails.flatMap((one) => one.to));
    expect([...mails].filter(([, sent]) => sent !== 1)).toEqual([]);
    expect(mails.size).toBeGreaterThanOrEqual(end.succeeded);
    expect(mails.size).toBeLessThanOrEqual(count);
  } finally {
    await fake.close();
  }
}, 600_000);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
