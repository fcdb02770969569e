import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { field, fieldsOf, readSettings } from './field.ts';

const text = (env: string) => ({
  title: { en: env, fr: env },
  help: { en: `Find ${env}.`, fr: `Trouvez ${env}.` },
  env,
});
const schema = z.object({
  key: field(z.string().regex(/^k_/, 'must begin with k_'), {
    ...text('V_KEY'),
    secret: true,
    example: 'k_123',
  }),
  account: field(z.string(), text('V_ACCOUNT')),
  region: field(z.enum(['eu', 'us']).default('eu'), text('V_REGION')),
  limit: field(z.coerce.number().int().optional(), text('V_LIMIT')),
  live: field(z.enum(['0', '1']).optional(), { ...text('APP_LIVE'), shared: true }),
});
const good = { V_KEY: 'k_1', V_ACCOUNT: 'a' };

describe('readSettings', () => {
  test('reads by env name, trims, and fills defaults in', () => {
    expect(readSettings(schema, { V_KEY: ' k_1\n', V_ACCOUNT: 'a', V_LIMIT: '5', OTHER: 'x' })).toEqual({
      state: 'ready',
      value: { key: 'k_1', account: 'a', region: 'eu', limit: 5 },
    });
  });

  test('nothing set, or only what the whole installation shares, is switched off', () => {
    const off = { state: 'absent', missing: ['V_KEY', 'V_ACCOUNT'] };
    expect(readSettings(schema, {})).toEqual(off);
    expect(readSettings(schema, { V_KEY: '', V_ACCOUNT: '  ', APP_LIVE: '1' })).toEqual(off);
  });

  test('half set is a fault, also when the set half is optional', () => {
    for (const given of [{ V_KEY: 'k_1' }, { V_REGION: 'us' }]) {
      const result = readSettings(schema, given);
      expect(result.state).toBe('faulty');
    }
  });

  test('all faults at once, each with its env name, the problem and the way out', () => {
    const result = readSettings(schema, { V_KEY: 'wrong', V_REGION: 'mars', V_LIMIT: 'many', APP_LIVE: '2' });
    if (result.state !== 'faulty') throw new Error(result.state);
    expect(result.faults.map((one) => one.field)).toEqual([
      'V_KEY',
      'V_ACCOUNT',
      'V_REGION',
      'V_LIMIT',
      'APP_LIVE',
    ]);
    expect(result.faults[0]).toEqual({
      field: 'V_KEY',
      problem: 'must begin with k_',
      fix: 'Find V_KEY. Example: k_123',
    });
    expect(result.faults[1]).toEqual({ field: 'V_ACCOUNT', problem: 'is not set', fix: 'Find V_ACCOUNT.' });
  });

  test('a fault never repeats the value', () => {
    const result = readSettings(schema, {
      V_KEY: 'canary-1',
      V_ACCOUNT: 'a',
      V_REGION: 'canary-2',
      V_LIMIT: 'canary-3',
    });
    expect(result.state).toBe('faulty');
    expect(JSON.stringify(result)).not.toContain('canary');
  });

  test('a rule over several settings is told at the one that it names', () => {
    const ruled = schema.refine(({ region, account }) => region !== 'us' || account !== 'a', {
      path: ['account'],
      message: 'is not in the US',
    });
    const result = readSettings(ruled, { ...good, V_REGION: 'us' });
    expect(result).toMatchObject({
      state: 'faulty',
      faults: [{ field: 'V_ACCOUNT', problem: 'is not in the US' }],
    });
    expect(readSettings(ruled, good).state).toBe('ready');
  });

  test('a platform that requires nothing is always ready', () => {
    expect(readSettings(z.object({}), {})).toEqual({ state: 'ready', value: {} });
    const free = z.object({ region: field(z.string().optional(), text('V_REGION')) });
    expect(readSettings(free, {})).toEqual({ state: 'ready', value: {} });
  });
});

describe('fieldsOf', () => {
  test('gives them in order, with what is required', () => {
    expect(fieldsOf(schema).map(({ name, env, required, secret }) => [name, env, required, secret])).toEqual([
      ['key', 'V_KEY', true, true],
      ['account', 'V_ACCOUNT', true, undefined],
      ['region', 'V_REGION', false, undefined],
      ['limit', 'V_LIMIT', false, undefined],
      ['live', 'APP_LIVE', false, undefined],
    ]);
  });

  test('a setting without metadata is a mistake of ours', () => {
    expect(() => fieldsOf(z.object({ bare: z.string() }))).toThrow(/"bare" is not declared/);
  });
});
