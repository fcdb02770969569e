import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineAdapter, definePlatform, definePort, field, type Plan, read, SocleError } from '@socle/kernel';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { readBoot, readEnvironment, secretValues } from './index.ts';

const mail = definePort({
  id: 'mail',
  title: { en: 'Mail', fr: 'Courrier' },
  capabilities: [],
  operations: { list: read(z.object({}), z.object({})) },
  texts: { list: { en: 'Lists', fr: 'Liste' } },
  events: {},
});
const plan = (id: string): Plan => ({
  id,
  title: id,
  source: 'https://example.com',
  checkedOn: '2026-01-01',
  maxAgeDays: 90,
  confirmed: true,
  onExceed: 'stop',
  meters: [],
});
const text = (value: string) => ({
  title: { en: value, fr: value },
  help: { en: `Find ${value}.`, fr: value },
});

function platformOf<Schema extends z.ZodObject>(id: string, settings: Schema) {
  return definePlatform({
    id,
    title: id,
    summary: { en: id, fr: id },
    docs: 'https://example.com',
    settings,
    hosts: () => [],
    plans: [plan('free'), plan('pro')],
    adapters: [
      defineAdapter<typeof mail, z.output<Schema>>({
        port: mail,
        capabilities: [],
        guarantees: {},
        load: async () => ({ create: () => ({ list: async () => ({}) }) }),
      }),
    ],
    verify: async () => {},
    toError: (thrown) => new SocleError('internal', String(thrown)),
  });
}

const acme = platformOf(
  'acme',
  z.object({
    key: field(z.string().startsWith('ak_', 'must begin with ak_'), {
      ...text('the key'),
      env: 'ACME_SECRET_KEY',
      secret: true,
      example: 'ak_123',
    }),
    region: field(z.enum(['eu', 'us']), { ...text('the region'), env: 'ACME_REGION' }),
  }),
);
const platforms = [acme, platformOf('embedded', z.object({}))] as unknown as Parameters<
  typeof readBoot
>[0]['platforms'];

test('without any setting everything is embedded and nothing is wrong', () => {
  const boot = readBoot({ env: {}, platforms });
  expect(boot.faults).toEqual([]);
  expect(boot.core).toMatchObject({ port: 5000, home: '.socle', logLevel: 'info' });
  expect(boot.chains.get('mail')).toMatchObject({ platforms: ['embedded'], policy: 'fail' });
  expect(boot.platforms.get('acme')?.result.state).toBe('absent');
});

test('a platform that is ready is used by itself, and is let go when its key is', () => {
  const env = { ACME_SECRET_KEY: 'ak_1234567', ACME_REGION: 'eu' };
  expect(readBoot({ env, platforms }).chains.get('mail')?.platforms).toEqual(['acme']);
  const chosen = readBoot({ env: { SOCLE_MAIL: 'acme, embedded', SOCLE_MAIL_POLICY: 'next' }, platforms });
  expect(chosen.faults).toEqual([]);
  expect(chosen.chains.get('mail')).toMatchObject({ platforms: ['acme', 'embedded'], policy: 'next' });
});

test('every fault is reported at once, each with its env name and what to do', () => {
  const boot = readBoot({
    env: {
      PORT: 'eighty',
      PUBLIC_BASE_URL: 'http://app.example.com',
      DATABASE_URL: 'mysql://localhost/app',
      SOCLE_MASTER_KEY: 'short',
      SOCLE_LOG_LEVEL: 'loud',
      ACME_SECRETKEY: 'ak_1234567',
      ACME_REGION: 'mars',
      ACME_PLAN: 'gold',
      SOCLE_MAIL: 'acme,pigeon',
      SOCLE_MAIL_POLICY: 'pray',
      SOCLE_NONSENSE: '1',
      HOME: '/root',
    },
    platforms,
  });
  expect(boot.core).toBeUndefined();
  expect(boot.faults.map((one) => one.field).sort()).toEqual(
    [
      'PORT',
      'PUBLIC_BASE_URL',
      'DATABASE_URL',
      'SOCLE_MASTER_KEY',
      'SOCLE_LOG_LEVEL',
      'ACME_SECRETKEY',
      'ACME_SECRET_KEY',
      'ACME_REGION',
      'ACME_PLAN',
      'SOCLE_MAIL',
      'SOCLE_MAIL_POLICY',
      'SOCLE_NONSENSE',
    ].sort(),
  );
  for (const one of boot.faults) expect(one.fix, one.field).toMatch(/\w/);
  const told = (name: string) => boot.faults.find((one) => one.field === name);
  expect(told('ACME_SECRETKEY')?.fix).toContain('ACME_SECRET_KEY');
  expect(told('ACME_PLAN')?.fix).toContain('free, pro');
  expect(told('SOCLE_MAIL')?.fix).toContain('acme, embedded');
});

test('letters swapped, missing or doubled are still recognised; a set neighbour is no typo', () => {
  const fixOf = (env: Record<string, string>) => readBoot({ env, platforms }).faults.map((one) => one.fix);
  expect(fixOf({ DATABASE_ULR: 'x' })).toEqual(['Did you mean DATABASE_URL?']);
  expect(fixOf({ PUBLIC_BASEURL: 'x' })).toEqual(['Did you mean PUBLIC_BASE_URL?']);
  expect(fixOf({ DATABASE_URI: 'x', DATABASE_URL: 'postgres://localhost/a' })).toEqual([]);
  expect(fixOf({ EDITOR: 'vi', PATH: '/bin', LANG: 'C' })).toEqual([]);
});

test('environment beats vault; a fault of the vault does not stop the start', () => {
  const vault = { ACME_SECRET_KEY: 'ak_of_the_vault', ACME_REGION: 'us' };
  const boot = readBoot({ env: { ACME_REGION: 'eu' }, vault, platforms });
  expect(boot.platforms.get('acme')?.result).toMatchObject({ state: 'ready', value: { region: 'eu' } });
  expect(boot.originOf('ACME_REGION')).toBe('environment');
  expect(boot.originOf('ACME_SECRET_KEY')).toBe('vault');
  const broken = readBoot({ env: {}, vault: { ...vault, ACME_REGION: 'mars' }, platforms });
  expect(broken.faults).toMatchObject([{ field: 'ACME_REGION', origin: 'vault' }]);
});

test('a chain without any platform that is ready can be repaired in the running server', () => {
  const boot = readBoot({ env: { SOCLE_MAIL: 'acme' }, platforms });
  expect(boot.faults).toMatchObject([{ field: 'SOCLE_MAIL', origin: 'vault' }]);
});

test('the environment beats .env, and empty values do not count', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'socle-env-'));
  writeFileSync(
    join(cwd, '.env'),
    'ACME_REGION=eu\nACME_SECRET_KEY="ak_from_file"\nEMPTY=\nSOCLE_TEST_A=file\n',
  );
  process.env.SOCLE_TEST_A = 'process';
  process.env.ACME_REGION = ' ';
  try {
    const env = readEnvironment({ cwd });
    expect(env).toMatchObject({
      ACME_REGION: 'eu',
      ACME_SECRET_KEY: 'ak_from_file',
      SOCLE_TEST_A: 'process',
    });
    expect(env).not.toHaveProperty('EMPTY');
  } finally {
    delete process.env.SOCLE_TEST_A;
    delete process.env.ACME_REGION;
    rmSync(cwd, { recursive: true });
  }
});

test('what is secret inside a secret is secret too', () => {
  expect(
    secretValues(platforms, {
      DATABASE_URL: 'postgres://u:p%40ssword@h/db',
      ACME_SECRET_KEY: 'ak_new,ak_old',
      ACME_REGION: 'eu',
    }),
  ).toEqual(['postgres://u:p%40ssword@h/db', 'p%40ssword', 'p@ssword', 'ak_new,ak_old', 'ak_new', 'ak_old']);
});
