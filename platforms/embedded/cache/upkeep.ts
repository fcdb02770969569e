import type { Upkeep } from '@socle/kernel';

const MESSAGE_LIFE_MS = 60_000;

/** Forgets what has expired: readers look away from it already. */
export const cacheUpkeep: readonly Upkeep<object>[] = [
  {
    everySeconds: 60,
    async run(_settings, host) {
      const { sql } = host.local();
      const now = host.clock.now();
      await sql.query('delete from socle_embedded.cache_keys where expires_at <= $1', [now]);
      await sql.query('delete from socle_embedded.cache_messages where published_at < $1', [
        new Date(now.getTime() - MESSAGE_LIFE_MS),
      ]);
    },
  },
];
