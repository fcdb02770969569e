import { type Clock, SocleError, type Sql } from '@socle/kernel';
import type { CachePort } from '@socle/port-cache';

type Entries = Pick<CachePort, 'get' | 'set' | 'delete' | 'increment' | 'expire'>;

const after = (now: Date, ttlMs: number | undefined): Date | null =>
  ttlMs === undefined ? null : new Date(now.getTime() + ttlMs);

export function createEntries(sql: Sql, clock: Clock): Entries {
  return {
    async get({ key }) {
      const now = clock.now();
      const [row] = await sql.query<{ value: string; expires_at: Date | null }>(
        `select value, expires_at from socle_embedded.cache_keys
         where key = $1 and value is not null and (expires_at is null or expires_at > $2)`,
        [key, now],
      );
      if (!row) return { found: false };
      const value = JSON.parse(row.value);
      return row.expires_at
        ? { found: true, value, ttlMs: row.expires_at.getTime() - now.getTime() }
        : { found: true, value };
    },

    async set({ key, value, ttlMs, onlyIfAbsent = false }) {
      const now = clock.now();
      const rows = await sql.query(
        `with written as (
           insert into socle_embedded.cache_keys as k (key, value, expires_at) values ($1, $2, $3)
           on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at
           where not $4 or k.expires_at <= $5
           returning key
         ), was_ranking as (
           delete from socle_embedded.cache_members m using written where m.key = written.key
         )
         select key from written`,
        [key, JSON.stringify(value), after(now, ttlMs), onlyIfAbsent, now],
      );
      return { written: rows.length > 0 };
    },

    async delete({ key }) {
      const rows = await sql.query<{ alive: boolean }>(
        `delete from socle_embedded.cache_keys where key = $1
         returning (expires_at is null or expires_at > $2) as alive`,
        [key, clock.now()],
      );
      return { deleted: rows[0]?.alive ?? false };
    },

    async increment({ key, by, ttlMs }) {
      const now = clock.now();
      const rows = await sql
        .query<{ value: string | null }>(
          `insert into socle_embedded.cache_keys as k (key, value, expires_at) values ($1, $2::bigint::text, $3)
           on conflict (key) do update set
             value = case when k.expires_at <= $4 then excluded.value else (k.value::bigint + $2::bigint)::text end,
             expires_at = case when k.expires_at <= $4 then excluded.expires_at else k.expires_at end
           returning value`,
          [key, by, after(now, ttlMs), now],
        )
        .catch((error: unknown) => {
          // invalid text for a number; out of its range
          if (['22P02', '22003'].includes(codeOf(error))) return [];
          throw error;
        });
      const value = rows[0]?.value;
      if (value == null)
        throw new SocleError('precondition_failed', 'the key holds no counter', { applied: 'no' });
      return { value: Number(value) };
    },

    async expire({ key, ttlMs }) {
      const now = clock.now();
      const rows = await sql.query(
        `update socle_embedded.cache_keys set expires_at = $2
         where key = $1 and (expires_at is null or expires_at > $3) returning key`,
        [key, after(now, ttlMs), now],
      );
      return { existed: rows.length > 0 };
    },
  };
}

/** PostgreSQL's code, also of an error that was wrapped. */
function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && /^[0-9A-Z]{5}$/.test(String(at.code))) return String(at.code);
  }
  return '';
}
