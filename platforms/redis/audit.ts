import assert from 'node:assert/strict';
import type { AuditCheck } from '@socle/kernel';
import { type CachePort, cache } from '@socle/port-cache';
import type { Settings } from './settings.ts';

const call = () => ({ signal: AbortSignal.timeout(10_000), idempotencyKey: crypto.randomUUID() });

/** Works under a key that names itself, and removes it. */
async function withKey(port: CachePort, work: (key: string) => Promise<void>): Promise<void> {
  const key = `socle-audit:${crypto.randomUUID()}`;
  try {
    await work(key);
  } finally {
    await port.delete({ key }, call());
  }
}

export const checks: readonly AuditCheck<Settings>[] = [
  {
    id: 'values',
    title: { en: 'Writes, reads and deletes a value', fr: 'Écrit, lit et supprime une valeur' },
    run: (_settings, adapters) => {
      const port = adapters(cache);
      return withKey(port, async (key) => {
        await port.set({ key, value: { a: 1 }, ttlMs: 60_000 }, call());
        const { value, ttlMs = 0 } = await port.get({ key }, call());
        assert.deepEqual(value, { a: 1 });
        assert.ok(ttlMs > 0 && ttlMs <= 60_000, 'the value does not expire');
      });
    },
  },
  {
    id: 'lock',
    title: { en: 'Writes only if absent', fr: 'N’écrit que si absent' },
    run: (_settings, adapters) => {
      const port = adapters(cache);
      return withKey(port, async (key) => {
        const entry = { key, value: 1, ttlMs: 60_000, onlyIfAbsent: true };
        assert.deepEqual(await port.set(entry, call()), { written: true });
        assert.deepEqual(await port.set(entry, call()), { written: false });
      });
    },
  },
  {
    id: 'counter',
    title: { en: 'Counts', fr: 'Compte' },
    run: (_settings, adapters) => {
      const port = adapters(cache);
      return withKey(port, async (key) => {
        await port.increment({ key, by: 2, ttlMs: 60_000 }, call());
        assert.deepEqual(await port.increment({ key, by: 3 }, call()), { value: 5 });
      });
    },
  },
  {
    id: 'ranking',
    title: { en: 'Ranks', fr: 'Classe' },
    run: (_settings, adapters) => {
      const port = adapters(cache);
      return withKey(port, async (key) => {
        const members = [
          { member: 'low', score: 1 },
          { member: 'high', score: 2 },
        ];
        await port.rank({ key, members, mode: 'set' }, call());
        const { members: top } = await port.top({ key, offset: 0, count: 1 }, call());
        assert.deepEqual(top, [{ member: 'high', score: 2, position: 0 }]);
      });
    },
  },
  {
    id: 'messages',
    title: { en: 'Publishes and receives', fr: 'Publie et reçoit' },
    async run(_settings, adapters) {
      const port = adapters(cache);
      const channel = `socle-audit:${crypto.randomUUID()}`;
      const stop = new AbortController();
      const messages = await port.subscribe({ channel }, { ...call(), signal: stop.signal });
      await port.publish({ channel, message: 'hello' }, call());
      try {
        for await (const message of messages) return assert.equal(message, 'hello');
      } finally {
        stop.abort();
      }
    },
  },
];
