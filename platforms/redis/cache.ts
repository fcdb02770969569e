import { type Host, SocleError } from '@socle/kernel';
import type { CachePort } from '@socle/port-cache';
import type { ChainableCommander } from 'ioredis';
import { createChannels } from './channels.ts';
import { connect } from './client.ts';
import type { Settings } from './settings.ts';

/** Values are JSON text, so a counter is a number to Redis as to us. */
export function create(settings: Settings, host: Host): CachePort & { close(): Promise<void> } {
  const redis = connect(settings, host);
  const channels = createChannels(settings, host);
  const name = (key: string): string => settings.keyPrefix + key;

  return {
    async get({ key }) {
      const [value, ttlMs] = await all(redis.pipeline().get(name(key)).pttl(name(key)));
      if (typeof value !== 'string') return { found: false };
      const found = { found: true, value: JSON.parse(value) };
      return Number(ttlMs) >= 0 ? { ...found, ttlMs: Number(ttlMs) } : found;
    },

    async set({ key, value, ttlMs, onlyIfAbsent }) {
      const text = JSON.stringify(value);
      const args = [...(ttlMs === undefined ? [] : ['PX', ttlMs]), ...(onlyIfAbsent ? ['NX'] : [])];
      return { written: (await redis.call('SET', name(key), text, ...args)) === 'OK' };
    },

    delete: async ({ key }) => ({ deleted: (await redis.del(name(key))) === 1 }),

    async increment({ key, by, ttlMs }) {
      const start = redis.multi();
      // the time counts from the first increment: traffic does not push it back
      if (ttlMs !== undefined) start.set(name(key), 0, 'PX', ttlMs, 'NX');
      const results = await all(start.incrby(name(key), by));
      return { value: Number(results.at(-1)) };
    },

    expire: async ({ key, ttlMs }) => ({ existed: (await redis.pexpire(name(key), ttlMs)) === 1 }),

    async rank({ key, members, mode }) {
      const multi = redis.multi().zcard(name(key));
      for (const { member, score } of members) {
        if (mode === 'add') multi.zincrby(name(key), score, member);
        else if (mode === 'best') multi.call('ZADD', name(key), 'GT', score, member);
        else multi.zadd(name(key), score, member);
      }
      const results = await all(multi.zcard(name(key)));
      return { added: Number(results.at(-1)) - Number(results[0]) };
    },

    async top({ key, offset, count }) {
      const [range, total] = await all(
        redis
          .multi()
          .zrevrange(name(key), offset, offset + count - 1, 'WITHSCORES')
          .zcard(name(key)),
      );
      const flat = range as readonly string[];
      const members = Array.from({ length: flat.length / 2 }, (_, index) => ({
        member: String(flat[2 * index]),
        score: Number(flat[2 * index + 1]),
        position: offset + index,
      }));
      return { members, total: Number(total) };
    },

    async position({ key, member }) {
      const [position, score] = await all(
        redis.multi().zrevrank(name(key), member).zscore(name(key), member),
      );
      return position === null
        ? { found: false }
        : { found: true, position: Number(position), score: Number(score) };
    },

    unrank: async ({ key, member }) => ({ existed: (await redis.zrem(name(key), member)) === 1 }),

    async publish({ channel, message }) {
      await redis.publish(name(channel), JSON.stringify(message));
      return { accepted: true };
    },
    subscribe: channels.subscribe,

    async close() {
      redis.disconnect();
      channels.close();
    },
  };
}

/** Every result of a pipeline or transaction; throws the first that is an error. */
async function all(commands: ChainableCommander): Promise<readonly unknown[]> {
  const results = await commands.exec();
  if (!results) throw new SocleError('unavailable', 'Redis gave the transaction up', { applied: 'no' });
  return results.map(([error, result]) => {
    if (error) throw error;
    return result;
  });
}
