import { type Clock, SocleError, type Sql } from '@socle/kernel';
import type { CachePort } from '@socle/port-cache';

type Rankings = Pick<CachePort, 'rank' | 'top' | 'position' | 'unrank'>;

const ALIVE = `exists (select from socle_embedded.cache_keys k
  where k.key = $1 and (k.expires_at is null or k.expires_at > $2))`;

const SCORE = {
  set: 'excluded.score',
  add: 'm.score + excluded.score',
  best: 'greatest(m.score, excluded.score)',
} as const;

const MERGE = {
  set: (_before: number, next: number) => next,
  add: (before: number, next: number) => before + next,
  best: Math.max,
} as const;

export function createRankings(sql: Sql, clock: Clock): Rankings {
  return {
    rank: ({ key, members, mode }) => {
      const merged = new Map<string, number>();
      for (const { member, score } of members) {
        const before = merged.get(member);
        merged.set(member, before === undefined ? score : MERGE[mode](before, score));
      }
      return sql.transaction(async (tx) => {
        await tx.query('delete from socle_embedded.cache_keys where key = $1 and expires_at <= $2', [
          key,
          clock.now(),
        ]);
        // the row is locked: whoever deletes the ranking waits, or comes first
        const [owner] = await tx.query<{ value: string | null }>(
          `insert into socle_embedded.cache_keys (key) values ($1)
           on conflict (key) do update set key = excluded.key returning value`,
          [key],
        );
        if (owner?.value != null)
          throw new SocleError('precondition_failed', 'the key holds no ranking', { applied: 'no' });
        const rows = await tx.query<{ is_new: boolean }>(
          `insert into socle_embedded.cache_members as m (key, member, score)
           select $1, * from unnest($2::text[], $3::float8[])
           on conflict (key, member) do update set score = ${SCORE[mode]}
           returning (xmax = 0) as is_new`,
          [key, [...merged.keys()], [...merged.values()]],
        );
        return { added: rows.filter((row) => row.is_new).length };
      });
    },

    async top({ key, offset, count }) {
      const rows = await sql.query<{ member: string | null; score: number | null; total: number }>(
        `select t.total, m.member, m.score
         from (select count(*)::int as total from socle_embedded.cache_members where key = $1 and ${ALIVE}) t
         left join lateral (
           select member, score from socle_embedded.cache_members where key = $1 and t.total > 0
           order by score desc, member desc offset $3 limit $4
         ) m on true`,
        [key, clock.now(), offset, count],
      );
      const members = rows.flatMap(({ member, score }, index) =>
        member === null || score === null ? [] : [{ member, score, position: offset + index }],
      );
      return { members, total: rows[0]?.total ?? 0 };
    },

    async position({ key, member }) {
      const [row] = await sql.query<{ score: number; position: number }>(
        `select m.score, (
           select count(*)::int from socle_embedded.cache_members o
           where o.key = $1 and (o.score, o.member) > (m.score, m.member)
         ) as position
         from socle_embedded.cache_members m where m.key = $1 and m.member = $3 and ${ALIVE}`,
        [key, clock.now(), member],
      );
      return row ? { found: true, position: row.position, score: row.score } : { found: false };
    },

    async unrank({ key, member }) {
      const rows = await sql.query(
        `delete from socle_embedded.cache_members where key = $1 and member = $3 and ${ALIVE} returning member`,
        [key, clock.now(), member],
      );
      return { existed: rows.length > 0 };
    },
  };
}
