import { definePort, type PortOf, read, write } from '@socle/kernel';
import { cacheEvents } from './events.ts';
import * as s from './schemas.ts';
import { cacheTexts } from './texts.ts';

/**
 * Values that may vanish, counters and rankings that are shared by all processes, and messages between them.
 * Designed from the documents of Redis, Upstash, Memcached and Cloudflare KV. Deliberately absent: scripts, scans.
 */
export const cache = definePort({
  id: 'cache',
  title: { en: 'Cache', fr: 'Cache' },
  capabilities: ['publish-subscribe', 'rankings'],
  operations: {
    get: read(s.Key, s.Found),
    set: write(s.Entry, s.Written),
    delete: write(s.Key, s.Deleted),
    increment: write(s.Increment, s.Counter),
    expire: write(s.Expire, s.Existed),
    rank: write(s.Rank, s.Ranked, { needs: 'rankings' }),
    top: read(s.Top, s.Ranking, { needs: 'rankings' }),
    position: read(s.Member, s.Position, { needs: 'rankings' }),
    unrank: write(s.Member, s.Existed, { needs: 'rankings' }),
    publish: write(s.Publish, s.Published, { needs: 'publish-subscribe' }),
    subscribe: read(s.Channel, s.Messages, { transport: 'stream', needs: 'publish-subscribe' }),
  },
  texts: cacheTexts,
  events: cacheEvents,
});

export type CachePort = PortOf<typeof cache>;
