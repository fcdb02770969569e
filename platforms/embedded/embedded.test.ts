import { readdirSync } from 'node:fs';
import { fieldsOf, readSettings } from '@socle/kernel';
import { expect, test } from 'vitest';
import { embedded } from './platform.ts';

test('has an adapter for every port that exists', () => {
  const ports = readdirSync(new URL('../../ports', import.meta.url)).sort();
  expect(embedded.adapters.map((one) => one.port.id).sort()).toEqual(ports);
});

test('declares everything that its ports can do, so that no key is needed for any of it', () => {
  for (const { port, capabilities } of embedded.adapters)
    expect([port.id, [...capabilities].sort()]).toEqual([port.id, [...port.capabilities].sort()]);
});

test('is ready with nothing set, and reaches no foreign host', () => {
  expect(readSettings(embedded.settings, {}).state).toBe('ready');
  expect(fieldsOf(embedded.settings).filter((one) => one.required)).toEqual([]);
  expect(embedded.hosts({})).toEqual([]);
});

test('every adapter loads', async () => {
  for (const adapter of embedded.adapters) expect((await adapter.load()).create).toBeTypeOf('function');
});
