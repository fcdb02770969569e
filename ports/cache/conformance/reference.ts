import { SocleError } from '@socle/kernel';
import type { CachePort } from '../contract.ts';
import { createSubscription, type Subscription } from '../subscription.ts';
import type { CacheHarness } from './harness.ts';

interface Slot {
  value?: unknown;
  ranking?: Map<string, number>;
  expiresAt: number;
}

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

/** The contract in memory: what the suite is tested with, and what broken adapters are made from. */
export function createReference(): CacheHarness & { readonly adapter: CachePort } {
  const slots = new Map<string, Slot>();
  const readers = new Map<string, Set<Subscription>>();
  let now = 0;
  const alive = (key: string): Slot | undefined => {
    const slot = slots.get(key);
    if (slot && slot.expiresAt <= now) slots.delete(key);
    return slots.get(key);
  };
  const end = (ttlMs: number | undefined): number =>
    ttlMs === undefined ? Number.POSITIVE_INFINITY : now + ttlMs;
  const wrong = (): never => {
    throw new SocleError('precondition_failed', 'holds something else', { applied: 'no' });
  };
  const sorted = (key: string): [string, number][] =>
    [...(alive(key)?.ranking ?? [])].sort(([a, x], [b, y]) => y - x || bytes(b).compare(bytes(a)));

  const adapter: CachePort = {
    get: async ({ key }) => {
      const slot = alive(key);
      if (!slot || slot.ranking) return { found: false };
      const value = structuredClone(slot.value) as null;
      return Number.isFinite(slot.expiresAt)
        ? { found: true, value, ttlMs: slot.expiresAt - now }
        : { found: true, value };
    },
    set: async ({ key, value, ttlMs, onlyIfAbsent }) => {
      if (onlyIfAbsent && alive(key)) return { written: false };
      slots.set(key, { value, expiresAt: end(ttlMs) });
      return { written: true };
    },
    delete: async ({ key }) => ({ deleted: alive(key) !== undefined && slots.delete(key) }),
    increment: async ({ key, by, ttlMs }) => {
      const slot = alive(key) ?? { value: 0, expiresAt: end(ttlMs) };
      if (!Number.isSafeInteger(slot.value)) wrong();
      slots.set(key, slot);
      slot.value = (slot.value as number) + by;
      return { value: slot.value as number };
    },
    expire: async ({ key, ttlMs }) => {
      const slot = alive(key);
      if (slot) slot.expiresAt = end(ttlMs);
      return { existed: slot !== undefined };
    },
    rank: async ({ key, members, mode }) => {
      const slot = alive(key) ?? { ranking: new Map<string, number>(), expiresAt: end(undefined) };
      const ranking = slot.ranking ?? wrong();
      slots.set(key, slot);
      const before = ranking.size;
      for (const { member, score } of members) {
        const known = ranking.get(member);
        const next = { set: score, add: (known ?? 0) + score, best: Math.max(known ?? score, score) }[mode];
        ranking.set(member, next);
      }
      return { added: ranking.size - before };
    },
    top: async ({ key, offset, count }) => {
      const all = sorted(key).map(([member, score], position) => ({ member, score, position }));
      return { members: all.slice(offset, offset + count), total: all.length };
    },
    position: async ({ key, member }) => {
      const position = sorted(key).findIndex(([name]) => name === member);
      const score = alive(key)?.ranking?.get(member);
      return score === undefined ? { found: false } : { found: true, position, score };
    },
    unrank: async ({ key, member }) => ({ existed: alive(key)?.ranking?.delete(member) ?? false }),
    publish: async ({ channel, message }) => {
      for (const reader of readers.get(channel) ?? []) reader.push(structuredClone(message));
      return { accepted: true };
    },
    subscribe: async ({ channel }, { signal }) => {
      const all = readers.get(channel) ?? new Set();
      readers.set(channel, all);
      const subscription: Subscription = createSubscription(signal, () => all.delete(subscription));
      all.add(subscription);
      return subscription.messages;
    },
  };
  return {
    adapter,
    second: adapter,
    capabilities: ['publish-subscribe', 'rankings'],
    toError: (thrown) => new SocleError('internal', String(thrown), {}, thrown),
    pass: async (ms) => {
      now += ms;
    },
    close: async () => {},
  };
}
