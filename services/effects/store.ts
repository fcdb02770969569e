import type { Sql } from '@socle/kernel';
import type { EffectRecord } from './standing.ts';

export interface Beginning {
  readonly key: string;
  readonly platform: string;
  readonly port: string;
  readonly operation: string;
  readonly guarantee: 'native' | 'none';
  readonly begunBy: string;
  readonly begunAt: Date;
  readonly deadlineAt: Date;
}

export interface Ending {
  readonly key: string;
  readonly state: 'done' | 'unknown' | 'forgotten';
  readonly result: unknown;
  readonly at: Date;
  readonly durable: boolean;
}

export interface Begun {
  readonly fresh: boolean;
  /** What was there before; absent while another transaction is writing it. */
  readonly record?: EffectRecord;
}

interface BegunRow {
  readonly key: string;
  readonly fresh: boolean;
  readonly state: EffectRecord['state'] | null;
  readonly platform: string | null;
  readonly begun_at: Date | null;
  readonly deadline_at: Date | null;
  readonly result: unknown;
}

/** Whether this commit waits for the disk. Read in `from` once, so that PostgreSQL does evaluate it. */
const SYNC = `(select set_config('synchronous_commit',
  case when $1::boolean then current_setting('synchronous_commit') else 'off' end, true)) as sync`;

/** Writes the new ones and reads the old ones, in one statement. Of the same key twice in a batch, one is fresh. */
export async function writeBeginnings(sql: Sql, items: readonly Beginning[]): Promise<readonly Begun[]> {
  const first = new Map<string, Beginning>();
  for (const item of items) if (!first.has(item.key)) first.set(item.key, item);
  const given = [...first.values()];
  const rows = await sql.query<BegunRow>(
    `with given as (
       select g.* from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
         $8::timestamptz[], $9::timestamptz[])
         as g (key, platform, port, operation, guarantee, begun_by, begun_at, deadline_at), ${SYNC}
     ), added as (
       insert into socle.effects (key, platform, port, operation, guarantee, begun_by, begun_at, deadline_at)
       select * from given on conflict (key) do nothing returning key
     )
     select g.key, a.key is not null as fresh, e.state, e.platform, e.begun_at, e.deadline_at, e.result
     from given g left join added a on a.key = g.key left join socle.effects e on e.key = g.key`,
    [
      given.some((item) => item.guarantee === 'none'),
      given.map((item) => item.key),
      given.map((item) => item.platform),
      given.map((item) => item.port),
      given.map((item) => item.operation),
      given.map((item) => item.guarantee),
      given.map((item) => item.begunBy),
      given.map((item) => item.begunAt),
      given.map((item) => item.deadlineAt),
    ],
  );
  const found = new Map(rows.map((row) => [row.key, toBegun(row)]));
  return items.map((item) => {
    const one = found.get(item.key);
    if (!one) throw new Error(`no answer about effect ${item.key}`);
    if (first.get(item.key) === item || !one.fresh) return one;
    const { platform, begunAt, deadlineAt } = first.get(item.key) ?? item;
    return { fresh: false, record: { state: 'begun', platform, begunAt, deadlineAt, result: null } };
  });
}

export async function writeEndings(sql: Sql, items: readonly Ending[]): Promise<readonly undefined[]> {
  const ends = new Map<string, Ending>();
  for (const item of items) if (ends.get(item.key)?.state !== 'done') ends.set(item.key, item);
  const last = [...ends.values()];
  await sql.query(
    `with given as (
       select g.* from unnest($2::text[], $3::text[], $4::timestamptz[], $5::jsonb[]) as g (key, state, at, result),
         ${SYNC}
     ), forgotten as (
       delete from socle.effects e using given g where e.key = g.key and g.state = 'forgotten' and e.state <> 'done'
     )
     update socle.effects e set state = g.state, finished_at = g.at, result = g.result
     from given g where e.key = g.key and g.state <> 'forgotten' and e.state <> 'done'`,
    [
      last.some((item) => item.durable),
      last.map((item) => item.key),
      last.map((item) => item.state),
      last.map((item) => item.at),
      last.map((item) => JSON.stringify(item.result) ?? 'null'),
    ],
  );
  return items.map(() => undefined);
}

function toBegun({ fresh, state, platform, begun_at, deadline_at, result }: BegunRow): Begun {
  return fresh || !state || !platform || !begun_at || !deadline_at
    ? { fresh }
    : { fresh, record: { state, platform, begunAt: begun_at, deadlineAt: deadline_at, result } };
}
