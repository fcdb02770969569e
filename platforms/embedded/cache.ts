import type { Host } from '@socle/kernel';
import type { CachePort } from '@socle/port-cache';
import { createChannels } from './cache/channels.ts';
import { createEntries } from './cache/entries.ts';
import { createRankings } from './cache/rankings.ts';

/** A cache on PostgreSQL: every process of the installation shares it. */
export function create(_settings: object, host: Host): CachePort {
  const { sql } = host.local();
  return { ...createEntries(sql, host.clock), ...createRankings(sql, host.clock), ...createChannels(host) };
}
