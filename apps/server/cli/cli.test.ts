import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run, start } from '../testing/command.ts';

let database: TestDatabase;
const home = mkdtempSync(join(tmpdir(), 'socle-cli-'));
const env = (more: Record<string, string> = {}) => ({
  DATABASE_URL: database.url,
  SOCLE_HOME: home,
  ...more,
});
const socle = (args: string[], more: Record<string, string> = {}, input?: string) =>
  run(args, { env: env(more), cwd: home, ...(input === undefined ? {} : { input }) });

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(home, { recursive: true, force: true });
});

test('help is help, and wrong use is 2', async () => {
  const help = await socle(['--help']);
  expect(help.code).toBe(0);
  for (const name of ['start', 'doctor', 'call', 'audit', 'quotas', 'events', 'flows', 'secrets', 'fake'])
    expect(help.out).toContain(`  ${name} `);
  expect((await socle(['call', '--help'])).out).toContain('Examples:');
  const wrong = [
    ['fly'],
    ['call'],
    ['call', 'email', '{}'],
    ['call', 'email.send', '{'],
    ['flows', 'show'],
    ['fake', 'pigeon'],
    ['audit', '--platform', 'pigeon'],
    ['secrets', 'set', 'STRIPE_SECRETKEY', 'x'],
  ];
  const answers = await Promise.all(wrong.map((args) => socle(args)));
  expect(answers.map((one) => one.code)).toEqual(wrong.map(() => 2));
});

test('call prints the result, or the error, as JSON', async () => {
  const message = { from: 'me@example.com', to: ['ada@example.com'], subject: 'Hi', text: 'Hello' };
  const sent = await socle(['call', 'email.send', JSON.stringify(message), '--key', 'cli-1']);
  const again = await socle(['call', 'email.send', '-', '--key', 'cli-1'], {}, JSON.stringify(message));
  expect(JSON.parse(sent.out)).toHaveProperty('messageId');
  expect((JSON.parse(again.out) as { messageId: string }).messageId).toBe(
    (JSON.parse(sent.out) as { messageId: string }).messageId,
  );
  const wrong = await socle(['call', 'email.send', '{}', '--json']);
  expect(wrong.code).toBe(1);
  expect(JSON.parse(wrong.out)).toMatchObject({ error: { code: 'invalid_argument' } });
  const plain = await socle(['call', 'email.send', '{}']);
  expect(plain.code).toBe(1);
  expect(JSON.parse(plain.out)).toMatchObject({ error: { code: 'invalid_argument' } });
  const absent = await socle(['call', 'payments.getPayment', '{"paymentId":"a"}', '--via', 'stripe']);
  expect(JSON.parse(absent.out)).toMatchObject({
    error: { code: 'misconfigured', details: { faults: [{ field: 'STRIPE_SECRET_KEY' }] } },
  });
});

test('reads have --json, and lines for people', async () => {
  const reads = [['status'], ['quotas'], ['events', 'list'], ['flows', 'runs'], ['secrets', 'list']];
  await Promise.all(
    reads.map(async (args) => {
      const [json, plain] = await Promise.all([socle([...args, '--json']), socle(args)]);
      expect(json.code, args.join(' ')).toBe(0);
      expect(() => JSON.parse(json.out) as unknown, args.join(' ')).not.toThrow();
      expect(plain, args.join(' ')).toMatchObject({ code: 0, err: '' });
    }),
  );
  const missing = await socle(['events', 'show', '999']);
  expect(missing).toMatchObject({ code: 1, err: 'socle: there is no event 999 (not_found)\n' });
});

test('secrets go in and out of the vault, and a platform goes live by them', async () => {
  expect(await socle(['secrets', 'set', 'STRIPE_SECRET_KEY'], {}, 'sk_test_cli0000000000\n')).toMatchObject({
    code: 0,
  });
  expect((await socle(['secrets', 'get', 'STRIPE_SECRET_KEY'])).out).toBe('sk_test_cli0000000000\n');
  expect((await socle(['secrets', 'list'])).out).not.toContain('sk_test_cli');
  const { out } = await socle(['status', '--json']);
  const { modules } = JSON.parse(out) as { modules: { port: string; adapter: string }[] };
  expect(modules.find((one) => one.port === 'payments')?.adapter).toBe('stripe');
  writeFileSync(join(home, 'import.env'), 'STRIPE_WEBHOOK_SECRET=whsec_imported\nPORT=1\nOTHER=2\n');
  expect((await socle(['secrets', 'import', 'import.env'])).out).toBe('1 stored; left out: OTHER, PORT\n');
  for (const name of ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'])
    expect(await socle(['secrets', 'remove', name])).toMatchObject({ code: 0 });
  expect(await socle(['secrets', 'get', 'STRIPE_SECRET_KEY'])).toMatchObject({ code: 1 });
});

const BROKEN = {
  PORT: 'eighty',
  STRIPE_SECRET_KEY: 'pk_test_wrongkind',
  STRIPE_WEBHOOK_SECRT: 'whsec_x',
  SOCLE_PAYMENTS: 'stripe,pigeon',
  STRIPE_PLAN: 'gold',
};
const BROKEN_NAMES = ['PORT', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRT', 'SOCLE_PAYMENTS', 'STRIPE_PLAN'];

test('a broken configuration: every fault at once, from doctor and from the start alike', async () => {
  const doctor = await socle(['doctor', '--json'], BROKEN);
  expect(doctor.code).toBe(1);
  const { findings } = JSON.parse(doctor.out) as {
    findings: { subject: string; state: string; fix?: string }[];
  };
  const bad = findings.filter((one) => one.state === 'bad');
  expect(bad.map((one) => one.subject).sort()).toEqual([...BROKEN_NAMES].sort());
  for (const one of bad) expect(one.fix, one.subject).toMatch(/\w/);

  const started = await socle(['start'], BROKEN);
  expect(started.code).toBe(1);
  for (const name of BROKEN_NAMES) expect(started.err).toContain(`  ${name} `);
  expect(started.err).toContain('Did you mean STRIPE_WEBHOOK_SECRET?');
  expect(doctor.out + started.err).not.toContain('pk_test_wrongkind');
});

test('a healthy configuration is told to be', async () => {
  const { code, out } = await socle(['doctor']);
  expect(out).toContain('✓ embedded answers');
  expect(out).toContain('All is well.');
  expect(code).toBe(0);
});

test('a database that is not there is one clear line', async () => {
  const { code, err } = await socle(['status'], {
    DATABASE_URL: 'postgres://me:hidden-word@127.0.0.1:1/none',
  });
  expect(code).toBe(1);
  expect(err).toMatch(/^socle: the database is away: .*\n$/);
  expect(err).not.toContain('hidden-word');
});

test('a fake prints what makes Socle talk to it, and a call through it is counted', async () => {
  const fake = start(['fake', 'stripe', '--no-webhooks', '--json'], { env: env(), cwd: home });
  await expect.poll(() => fake.out(), { timeout: 20_000 }).toContain('}\n}');
  const given = (JSON.parse(fake.out()) as { env: Record<string, string> }).env;
  expect(given).toHaveProperty('STRIPE_BASE_URL');
  const made = await socle(
    ['call', 'payments.createCustomer', '{"email":"ada@example.com"}', '--via', 'stripe'],
    given,
  );
  expect(made.out).toContain('customerId');
  const quotas = await socle(['quotas', '--json'], given);
  expect(JSON.parse(quotas.out)).toEqual(
    expect.arrayContaining([expect.objectContaining({ platform: 'stripe', window: expect.any(String) })]),
  );
  fake.child.kill('SIGINT');
  expect(await fake.ended).toMatchObject({ code: 0 });
});

test('the audit runs against fakes, and tells what it could not run', async () => {
  const { out, code } = await socle(['audit', '--platform', 'stripe', '--json', '--md', 'audit.md']);
  const { audits, summary } = JSON.parse(out) as {
    audits: { platform: string; against: string; checks: { state: string; id: string; error?: unknown }[] }[];
    summary: { passed: number; failed: number };
  };
  expect(audits[0]?.checks.filter((one) => one.state === 'failed')).toEqual([]);
  expect(summary.passed).toBeGreaterThan(0);
  expect(code).toBe(0);
  const live = await socle(['audit', '--platform', 'stripe', '--live', '--json']);
  expect(JSON.parse(live.out)).toMatchObject({
    audits: [{ notRun: expect.stringContaining('STRIPE_SECRET_KEY') }],
  });
});
