import { expect, test } from 'vitest';
import type { CachePort } from '../contract.ts';
import { cacheConformance, casesFor } from './index.ts';
import { createReference } from './reference.ts';

cacheConformance({
  name: 'reference in memory',
  capabilities: createReference().capabilities,
  start: async () => createReference(),
});

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Each is a mistake that a real adapter has made or would make. */
const BREAKAGES: Readonly<Record<string, (right: CachePort) => Partial<CachePort>>> = {
  'takes null for absence': (right) => ({
    get: async (input, call) => {
      const found = await right.get(input, call);
      return found.value === null ? { found: false } : found;
    },
  }),
  'looks before it writes only-if-absent': (right) => ({
    set: async (input, call) => {
      const { found } = await right.get({ key: input.key }, call);
      await pause();
      if (input.onlyIfAbsent && found) return { written: false };
      return right.set({ ...input, onlyIfAbsent: false }, call);
    },
  }),
  'counts by reading and writing': (right) => ({
    increment: async ({ key, by, ttlMs }, call) => {
      const { value } = await right.get({ key }, call);
      await pause();
      await right.set({ key, value: Number(value ?? 0) + by, ttlMs }, call);
      return { value: Number(value ?? 0) + by };
    },
  }),
  "pushes a counter's end back": (right) => ({
    increment: async (input, call) => {
      const answer = await right.increment(input, call);
      if (input.ttlMs !== undefined) await right.expire({ key: input.key, ttlMs: input.ttlMs }, call);
      return answer;
    },
  }),
  'takes milliseconds for seconds': (right) => ({
    set: (input, call) => right.set({ ...input, ttlMs: input.ttlMs && input.ttlMs * 1000 }, call),
  }),
  'keeps the old end when a value is written anew': (right) => ({
    set: async (input, call) => {
      const { ttlMs } = await right.get({ key: input.key }, call);
      return right.set({ ...input, ttlMs: input.ttlMs ?? ttlMs }, call);
    },
  }),
  'folds case in keys': (right) => ({
    get: ({ key }, call) => right.get({ key: key.toLowerCase().normalize() }, call),
    set: (input, call) => right.set({ ...input, key: input.key.toLowerCase().normalize() }, call),
  }),
  'says a deleted key was there': (right) => ({
    delete: async (input, call) => {
      await right.delete(input, call);
      return { deleted: true };
    },
  }),
  'ranks from the bottom': (right) => ({
    top: async (input, call) => {
      const { members, total } = await right.top(input, call);
      return { members: members.toReversed(), total };
    },
  }),
  'keeps the last score instead of the best': (right) => ({
    rank: (input, call) => right.rank({ ...input, mode: input.mode === 'best' ? 'set' : input.mode }, call),
  }),
  'overwrites a value with a ranking': (right) => ({
    rank: async (input, call) => {
      await right.delete({ key: input.key }, call);
      return right.rank(input, call);
    },
  }),
  'matches channels by prefix': (right) => ({
    publish: ({ channel, message }, call) =>
      right.publish({ channel: channel.replace(/:sub$/, ''), message }, call),
  }),
  'goes on after the caller aborted': (right) => ({
    subscribe: (input, call) => right.subscribe(input, { ...call, signal: AbortSignal.timeout(2000) }),
  }),
  'declares rankings and has none': () => ({
    rank: () => Promise.reject(new Error('not implemented')),
  }),
};

test.each(Object.entries(BREAKAGES))('the suite rejects an adapter that %s', async (_name, breakage) => {
  const reference = createReference();
  const adapter = { ...reference.adapter, ...breakage(reference.adapter) };
  const harness = { ...reference, adapter, second: adapter };
  const rejected = await Promise.all(
    casesFor(harness.capabilities).map(async (one) => {
      const late = AbortSignal.timeout(1500);
      const tooLate = new Promise<never>((_resolve, reject) =>
        late.addEventListener('abort', () => reject(late.reason)),
      );
      return Promise.race([one.run(harness), tooLate]).then(
        () => false,
        () => true,
      );
    }),
  );
  expect(rejected).toContain(true);
});

test('the suite rejects an adapter that does what it does not declare', async () => {
  const harness = { ...createReference(), capabilities: [] };
  const rejected = await Promise.all(
    casesFor([]).map((one) =>
      one.run(harness).then(
        () => false,
        () => true,
      ),
    ),
  );
  expect(rejected).toContain(true);
});
