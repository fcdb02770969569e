import type { Sql } from '@socle/kernel';

/** What the console's live view looks at. */
export type LiveTopic = 'deliveries' | 'events' | 'runs' | 'quotas' | 'mailbox' | 'settings';

/** PostgreSQL NOTIFY channel; the payload is the topic. */
export const LIVE_CHANNEL = 'socle_live';

export interface Live {
  /** Says that something of this topic changed. Told at most once per interval, after the change. */
  tell(topic: LiveTopic): void;
}

/**
 * Gathers changes and tells them later, never in the transaction that made them: NOTIFY takes a lock on
 * commit that would serialise all writers. A notice lost with its process costs a late screen, nothing else.
 */
export function createLive({ sql, everyMs = 300 }: { sql: Sql; everyMs?: number }): Live {
  const pending = new Map<LiveTopic, NodeJS.Timeout>();
  return {
    tell: (topic) => {
      if (pending.has(topic)) return;
      const timer = setTimeout(() => {
        pending.delete(topic);
        sql.query('select pg_notify($1, $2)', [LIVE_CHANNEL, topic]).catch(() => undefined);
      }, everyMs);
      timer.unref();
      pending.set(topic, timer);
    },
  };
}
