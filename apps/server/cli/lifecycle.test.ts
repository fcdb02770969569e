import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '@socle/service-database/testing';
import { afterAll, afterEach, expect, test } from 'vitest';
import { type Command, freePort, isReady, run, start } from '../testing/command.ts';

/** Only we can enter it: PostgreSQL's account cannot, when we are root. */
const home = mkdtempSync(join(tmpdir(), 'socle-life-'));
chmodSync(home, 0o700);
const started: Command[] = [];

afterEach(async () => {
  for (const one of started.splice(0)) {
    one.child.kill('SIGTERM');
    await one.ended;
  }
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function startSocle(): Promise<Command & { port: number; env: Record<string, string> }> {
  const port = await freePort();
  const env = { SOCLE_HOME: home, PORT: String(port) };
  const command = start(['start'], { env });
  started.push(command);
  await expect.poll(() => isReady(port), { timeout: 30_000, interval: 50 }).toBe(true);
  return { ...command, port, env };
}

/** Processes that mention this home, or whose parent does. */
function leftovers(): string[] {
  return execFileSync('ps', ['axww', '-o', 'args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(home));
}

async function adapterOf(port: number, module: string): Promise<string | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/console/overview`);
  const { modules } = (await answer.json()) as { modules: { port: string; adapter: string }[] };
  return modules.find((one) => one.port === module)?.adapter;
}

const mail = { from: 'me@example.com', to: ['ada@example.com'], subject: 'Hello', text: 'It works' };

test('start, a second start, a busy port, Ctrl-C, start again, kill -9, start again', async () => {
  const first = await startSocle();
  await expect.poll(() => first.out()).toContain(`http://localhost:${first.port}/console`);
  expect(first.out()).toContain('First run?');

  const second = await run(['start'], { env: { ...first.env, PORT: String(await freePort()) } });
  expect(second.code).toBe(1);
  expect(second.err).toMatch(/^socle: Socle already runs on .* · stop it first.*\n$/);

  const busy = await run(['server'], { env: first.env });
  expect(busy.code).toBe(1);
  expect(busy.err).toMatch(new RegExp(`^socle: port ${first.port} is in use · .*PORT=.*\\n$`));

  const sent = await run(['call', 'email.send', JSON.stringify(mail)], { env: first.env });
  expect(sent).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(sent.out)).toHaveProperty('messageId');

  // another process changes the vault: the running one takes it over
  const stored = await run(['secrets', 'set', 'STRIPE_SECRET_KEY', 'sk_test_life00000000'], {
    env: first.env,
  });
  expect(stored.code).toBe(0);
  await expect.poll(() => adapterOf(first.port, 'payments')).toBe('stripe');
  await run(['secrets', 'remove', 'STRIPE_SECRET_KEY'], { env: first.env });
  await expect.poll(() => adapterOf(first.port, 'payments')).toBe('embedded');

  first.child.kill('SIGINT');
  expect(await first.ended).toMatchObject({ code: 0 });
  expect(first.out()).toContain('socle: stopped');
  expect(leftovers()).toEqual([]);

  const again = await startSocle();
  const kept = await fetch(`http://127.0.0.1:${again.port}/api/v1/console/mailbox`);
  expect(await kept.json()).toMatchObject({ items: [{ subject: 'Hello' }] });
  again.child.kill('SIGKILL');
  await again.ended;

  const recovered = await startSocle();
  const still = await fetch(`http://127.0.0.1:${recovered.port}/api/v1/console/mailbox`);
  expect(await still.json()).toMatchObject({ items: [{ subject: 'Hello' }] });
  recovered.child.kill('SIGTERM');
  expect(await recovered.ended).toMatchObject({ code: 0 });
  expect(leftovers()).toEqual([]);
});

test('server and worker apart, on one database: ready when both are there', async () => {
  const database = await createTestDatabase();
  const port = await freePort();
  const env = {
    DATABASE_URL: database.url,
    SOCLE_MASTER_KEY: 'a-master-key-of-at-least-32-characters',
    SOCLE_HOME: join(home, 'apart'),
    PORT: String(port),
  };
  try {
    const server = start(['server'], { env });
    started.push(server);
    const status = (): Promise<number> =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        (answer) => answer.status,
        () => 0,
      );
    await expect.poll(server.out, { timeout: 30_000 }).toContain('is running');
    expect(await status()).toBe(503);
    const worker = start(['worker'], { env });
    started.push(worker);
    await expect.poll(status, { timeout: 30_000, interval: 100 }).toBe(200);
    for (const one of [worker, server]) {
      one.child.kill('SIGTERM');
      expect(await one.ended).toMatchObject({ code: 0 });
    }
  } finally {
    await database.drop();
  }
});

/** What an older Node would say of itself. */
const AS_OLD =
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})";

test('an older Node starts the newer one that came with npm ci, and hands signals on', async () => {
  const nodeArgs = ['--import', AS_OLD];
  const version = await run(['--version'], { nodeArgs });
  expect(version).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  const fake = start(['fake', 'stripe', '--no-webhooks'], { nodeArgs });
  await expect.poll(fake.out, { timeout: 20_000 }).toContain('# Ctrl-C stops');
  fake.child.kill('SIGTERM');
  expect(await fake.ended).toMatchObject({ code: 0 });
});
