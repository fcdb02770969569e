import { expect, test } from 'vitest';
import { z } from 'zod';
import { field, fieldsOf, readSettings } from './field.ts';

const text = (value: string) => ({
  title: { en: value, fr: value },
  help: { en: `Find ${value}.`, fr: value },
});

test('one schema declared for two settings keeps both names', () => {
  const Address = z.string().refine((value) => value.includes('@'), 'must be an address');
  const one = z.object({ from: field(Address, { ...text('a'), env: 'ONE_FROM' }) });
  const two = z.object({ from: field(Address, { ...text('b'), env: 'TWO_FROM' }) });
  expect([fieldsOf(one)[0]?.env, fieldsOf(two)[0]?.env]).toEqual(['ONE_FROM', 'TWO_FROM']);
  expect(readSettings(one, { ONE_FROM: 'a@b' })).toMatchObject({ state: 'ready' });
  expect(readSettings(two, { TWO_FROM: 'nobody' })).toMatchObject({
    state: 'faulty',
    faults: [{ field: 'TWO_FROM', problem: 'must be an address' }],
  });
});

const key = z.object({
  key: field(z.string().startsWith('k_', 'must begin with k_'), {
    ...text('key'),
    env: 'KEY',
    example: 'k_1',
  }),
  live: field(z.enum(['0', '1']).optional(), { ...text('live'), env: 'LIVE', shared: true }),
});

test('nothing set, or only what belongs to everybody: switched off', () => {
  expect(readSettings(key, {})).toEqual({ state: 'absent', missing: ['KEY'] });
  expect(readSettings(key, { KEY: '  ', LIVE: '1' })).toEqual({ state: 'absent', missing: ['KEY'] });
});

test('every fault at once, with its env name and what to do', () => {
  expect(readSettings(key, { KEY: 'wrong', LIVE: 'yes' })).toMatchObject({
    state: 'faulty',
    faults: [
      { field: 'KEY', problem: 'must begin with k_', fix: 'Find key. Example: k_1' },
      { field: 'LIVE', fix: 'Find live.' },
    ],
  });
});

test('a setting that was not declared is a mistake of the platform', () => {
  expect(() => fieldsOf(z.object({ bare: z.string() }))).toThrow('not declared with field()');
});
