import type { Clock, Sql, Upkeep } from '@socle/kernel';
import { createMailboxNotice } from './notice.ts';

const LOOK_EVERY_SECONDS = 15;

export const mailboxUpkeep: readonly Upkeep<object>[] = [
  {
    everySeconds: LOOK_EVERY_SECONDS,
    run: async (_settings, host) => {
      const { sql } = host.local();
      if (await hasTurnedVisible({ sql, clock: host.clock })) createMailboxNotice(sql)();
    },
  },
  {
    everySeconds: 3600,
    run: async (_settings, host) => {
      await purgeMailbox({ sql: host.local().sql, clock: host.clock });
    },
  },
];

interface Place {
  readonly sql: Sql;
  readonly clock: Clock;
}

/** Forgets what was removed a week ago. Returns how many messages. */
export async function purgeMailbox({ sql, clock }: Place): Promise<number> {
  const rows = await sql.query(
    `delete from socle_embedded.messages where removed_at < $1::timestamptz - interval '7 days' returning 1`,
    [clock.now()],
  );
  return rows.length;
}

/** Whether the time of a scheduled message came since the last look, or a little before. */
export async function hasTurnedVisible({ sql, clock }: Place): Promise<boolean> {
  const rows = await sql.query(
    `select 1 from socle_embedded.messages
     where visible_at <= $1 and visible_at > $1::timestamptz - make_interval(secs => $2)
       and visible_at > accepted_at and removed_at is null and cancelled_at is null limit 1`,
    [clock.now(), 2 * LOOK_EVERY_SECONDS],
  );
  return rows.length > 0;
}
