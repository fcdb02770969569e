import type { Sql } from '@socle/kernel';
import { addJobSql } from '@socle/service-jobs';

export const PROCESS_TASK = 'inbox.process';

export interface NewDelivery {
  readonly platform: string;
  readonly deliveryId: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export type Intake = 'accepted' | 'duplicate';

const STORE = `
  with added as (
    insert into socle.deliveries (platform, delivery_id, type, headers, body)
    select platform, delivery_id, type, headers, substring($5::bytea from start for length)
    from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $6::int[], $7::int[])
      as g (platform, delivery_id, type, headers, start, length)
    on conflict (platform, delivery_id) do nothing
    returning id, platform, delivery_id
  )
  select count(*)::int as count,
    case when count(*) < cardinality($1::text[])
      then json_agg(json_build_array(platform, delivery_id)) end as names,
    case when count(*) > 0
      then ${addJobSql('$8', `json_build_object('ids', json_agg(id::text))`)} end is null as idle
  from added`;

/**
 * Commits deliveries together with the one job that will process them: both, or neither. The bodies travel as
 * one binary value; in an array, the driver would spell out every byte.
 */
export async function storeDeliveries(sql: Sql, given: readonly NewDelivery[]): Promise<readonly Intake[]> {
  let end = 1;
  const starts = given.map(({ body }) => {
    const start = end;
    end += body.byteLength;
    return start;
  });
  const [added] = await sql.query<Added>(STORE, [
    given.map((one) => one.platform),
    given.map((one) => one.deliveryId),
    given.map((one) => one.type),
    given.map((one) => JSON.stringify(one.headers)),
    Buffer.concat(given.map((one) => one.body)),
    starts,
    given.map((one) => one.body.byteLength),
    PROCESS_TASK,
  ]);
  if (added?.count === given.length) return given.map(() => 'accepted');
  const names = new Set((added?.names ?? []).map((name) => name.join('\n')));
  // of the same delivery twice in one batch, the second is the duplicate
  return given.map((one) => (names.delete(`${one.platform}\n${one.deliveryId}`) ? 'accepted' : 'duplicate'));
}

interface Added {
  readonly count: number;
  /** Only when some were there already. */
  readonly names: readonly (readonly [platform: string, deliveryId: string])[] | null;
}

export interface StoredDelivery {
  readonly id: string;
  readonly platform: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly replays: number;
}

/** Those of `ids` that are still to be processed and that no other process is at, locked. */
export function lockReceived(sql: Sql, ids: readonly string[]): Promise<StoredDelivery[]> {
  return sql.query<StoredDelivery>(
    `select id, platform, headers, body, replays from socle.deliveries
     where id = any($1::bigint[]) and state = 'received' order by id for update skip locked`,
    [ids],
  );
}

export interface Processed {
  readonly id: string;
  readonly state: 'processed' | 'ignored' | 'failed';
  readonly error: string | null;
}

export async function writeProcessed(sql: Sql, results: readonly Processed[]): Promise<void> {
  await sql.query(
    `update socle.deliveries d set state = g.state, error = g.error, processed_at = now()
     from unnest($1::bigint[], $2::text[], $3::text[]) as g (id, state, error) where d.id = g.id`,
    [
      results.map((one) => one.id),
      results.map((one) => one.state),
      results.map((one) => one.error?.replaceAll('\0', '') ?? null),
    ],
  );
}

/** Adds a job of their own for deliveries that wait to be processed. */
export async function enqueueAgain(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql.query(`select ${addJobSql('$1', `json_build_object('ids', $2::text[])`)}`, [PROCESS_TASK, ids]);
}
