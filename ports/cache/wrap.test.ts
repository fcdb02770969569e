import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { createReference } from './conformance/reference.ts';
import { cache } from './contract.ts';
import { type WrapStore, wrap } from './wrap.ts';

function store(): { harness: ReturnType<typeof createReference>; bound: WrapStore } {
  const harness = createReference();
  const call = { signal: new AbortController().signal, idempotencyKey: 'k' };
  const { adapter } = harness;
  const { get, set, delete: remove } = cache.operations;
  return {
    harness,
    bound: {
      get: async (input) => get.output.parse(await adapter.get(get.input.parse(input), call)),
      set: async (input) => set.output.parse(await adapter.set(set.input.parse(input), call)),
      delete: (input) => adapter.delete(remove.input.parse(input), call),
    },
  };
}

const options = { key: 'answer', ttlMs: 1000, schema: z.number() };

test('of a hundred that ask at once, one computes', async () => {
  const compute = vi.fn(async () => 42);
  const { bound } = store();
  const answers = await Promise.all(Array.from({ length: 100 }, () => wrap(bound, { ...options, compute })));
  expect(new Set(answers)).toEqual(new Set([42]));
  expect(compute).toHaveBeenCalledTimes(1);
});

test('computes again after the value vanished', async () => {
  const compute = vi.fn(async () => 42);
  const { bound, harness } = store();
  await wrap(bound, { ...options, compute });
  await harness.pass(1001);
  await wrap(bound, { ...options, compute });
  expect(compute).toHaveBeenCalledTimes(2);
});

test('a failure is not cached, and the next one tries', async () => {
  const { bound } = store();
  await expect(wrap(bound, { ...options, compute: () => Promise.reject(new Error('down')) })).rejects.toThrow(
    'down',
  );
  expect(await wrap(bound, { ...options, compute: async () => 7 })).toBe(7);
});

test('a holder that died holds nobody up longer than its lock lasts', async () => {
  const { bound, harness } = store();
  await bound.set({ key: 'answer:computing', value: true, ttlMs: 500, onlyIfAbsent: true });
  const answer = wrap(bound, { ...options, compute: async () => 7 });
  await harness.pass(501);
  expect(await answer).toBe(7);
});

test('a value that an older version wrote is computed anew', async () => {
  const { bound } = store();
  await bound.set({ key: 'answer', value: 'forty-two' });
  expect(await wrap(bound, { ...options, compute: async () => 42 })).toBe(42);
});
