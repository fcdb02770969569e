import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMasterKey } from './master-key.ts';
import { deriveKey, seal, unseal } from './seal.ts';
import { createVault, vaultMigrations } from './vault.ts';

const masterKey = 'a-master-key-that-is-long-enough-for-tests';
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ migrations: [vaultMigrations] });
});
afterAll(() => database.drop());

test('keeps, changes, lists and removes; the database holds no plain value', async () => {
  const vault = createVault({ database, masterKey });
  await vault.set('STRIPE_SECRET_KEY', 'sk_test_canary_1');
  await vault.set('STRIPE_SECRET_KEY', 'sk_test_canary_2');
  await vault.set('RESEND_API_KEY', 're_é☃');
  expect(await vault.get('STRIPE_SECRET_KEY')).toBe('sk_test_canary_2');
  expect(await vault.all()).toEqual({ RESEND_API_KEY: 're_é☃', STRIPE_SECRET_KEY: 'sk_test_canary_2' });
  expect((await vault.list()).map(({ name }) => name)).toEqual(['RESEND_API_KEY', 'STRIPE_SECRET_KEY']);
  const stored = await database.sql.query<{ text: string }>(
    `select string_agg(encode(sealed, 'escape'), '') || string_agg(s::text, '') as text from socle.secrets s`,
  );
  expect(stored[0]?.text).not.toMatch(/canary|63616e617279/);
  expect(await vault.remove('RESEND_API_KEY')).toBe(true);
  expect(await vault.remove('RESEND_API_KEY')).toBe(false);
  expect(await vault.get('RESEND_API_KEY')).toBeUndefined();
});

test('another master key is told at once, before anything is read or written', async () => {
  await createVault({ database, masterKey }).set('FIRST', 'one');
  const wrong = createVault({ database, masterKey: `${masterKey}!` });
  const told = { code: 'misconfigured', message: expect.stringContaining('SOCLE_MASTER_KEY') };
  await expect(wrong.all()).rejects.toMatchObject(told);
  await expect(wrong.get('FIRST')).rejects.toMatchObject(told);
  await expect(wrong.set('FIRST', 'two')).rejects.toMatchObject(told);
  expect(await createVault({ database, masterKey }).get('FIRST')).toBe('one');
});

test('a row moved to another name, or damaged, does not open', async () => {
  const vault = createVault({ database, masterKey });
  await vault.set('FIRST', 'one');
  await database.sql.query(
    `insert into socle.secrets (name, key_version, nonce, sealed)
     select 'SECOND', key_version, nonce, sealed from socle.secrets where name = 'FIRST'`,
  );
  await expect(vault.get('SECOND')).rejects.toMatchObject({ code: 'internal' });
  await database.sql.query(`delete from socle.secrets where name = 'SECOND'`);
});

test('sealing twice gives different bytes; every flipped bit is noticed', () => {
  const key = deriveKey(masterKey);
  fc.assert(
    fc.property(fc.string(), fc.nat(), (value, at) => {
      const { nonce, sealed } = seal(key, 'NAME', value);
      expect(unseal(key, 'NAME', { nonce, sealed })).toBe(value);
      expect(seal(key, 'NAME', value).nonce.equals(nonce)).toBe(false);
      const damaged = Buffer.from(sealed);
      damaged[at % damaged.length] = (damaged[at % damaged.length] ?? 0) ^ 1;
      expect(() => unseal(key, 'NAME', { nonce, sealed: damaged })).toThrow();
    }),
  );
});

test('changes are told to listeners', async () => {
  const vault = createVault({ database, masterKey });
  const told: string[] = [];
  const unlisten = await database.listen('socle_settings', (name) => told.push(name));
  await vault.set('THIRD', 'x');
  await vault.remove('THIRD');
  await expect.poll(() => told).toEqual(['THIRD', 'THIRD']);
  await unlisten();
});

test('refuses names that no environment variable has', async () => {
  const vault = createVault({ database, masterKey });
  await expect(vault.set('stripe key', 'x')).rejects.toMatchObject({ code: 'invalid_argument' });
});

test('a master key is generated once, for its owner alone; a given one wins', async () => {
  const home = await mkdtemp(join(tmpdir(), 'vault-'));
  const keys = await Promise.all(Array.from({ length: 5 }, () => readMasterKey({ home })));
  expect(new Set(keys).size).toBe(1);
  expect(await readMasterKey({ home })).toBe(keys[0]);
  expect(((await stat(join(home, 'master.key'))).mode & 0o777).toString(8)).toBe('600');
  expect(await readMasterKey({ home, given: masterKey })).toBe(masterKey);
  await expect(readMasterKey({ home, given: 'short' })).rejects.toMatchObject({ code: 'misconfigured' });
  await rm(home, { recursive: true });
});
