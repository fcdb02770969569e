import type { Host } from '@socle/kernel';
import { type CachePort, createSubscription, type Subscription } from '@socle/port-cache';
import type { Redis } from 'ioredis';
import { connect } from './client.ts';
import type { Settings } from './settings.ts';

/** Redis keeps a subscribed connection for nothing else: one more, made when somebody subscribes. */
export function createChannels(
  settings: Settings,
  host: Host,
): Pick<CachePort, 'subscribe'> & { close(): void } {
  const readers = new Map<string, Set<Subscription>>();
  let subscriber: Redis | undefined;

  function open(): Redis {
    const redis = connect(settings, host);
    redis.on('message', (channel, text) => {
      for (const reader of readers.get(channel) ?? []) reader.push(JSON.parse(text));
    });
    return redis;
  }

  return {
    async subscribe({ channel }, { signal }) {
      const name = settings.keyPrefix + channel;
      subscriber ??= open();
      const all = readers.get(name) ?? new Set();
      readers.set(name, all);
      const subscription: Subscription = createSubscription(signal, () => {
        all.delete(subscription);
        if (all.size > 0) return;
        readers.delete(name);
        void subscriber?.unsubscribe(name).catch(() => {});
      });
      all.add(subscription);
      await subscriber.subscribe(name);
      return subscription.messages;
    },
    close: () => subscriber?.disconnect(),
  };
}
