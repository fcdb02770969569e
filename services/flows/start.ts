import type { Sql } from '@socle/kernel';
import type { Reaction, StoredEvent } from '@socle/service-events';
import { addJobSql } from '@socle/service-jobs';
import type { Flow } from './flow.ts';

/** Wakes a worker up; the runs themselves are what is to be done. */
export const RUN_TASK = 'flows.run';
export const TICK_TASK = 'flows.tick';

/** Starts a run of each flow for each event that triggers it, in the transaction that records the event. */
export function startFlows(flows: readonly Flow[]): Reaction {
  const byType = new Map<string, string[]>();
  for (const flow of flows) {
    if ('event' in flow.on) byType.set(flow.on.event, [...(byType.get(flow.on.event) ?? []), flow.id]);
  }
  const pairs = (events: readonly StoredEvent[]): { flow: string; eventId: string }[] =>
    events.flatMap(({ id, event }) => (byType.get(event.type) ?? []).map((flow) => ({ flow, eventId: id })));
  return {
    start: (sql, events) => insertRuns(sql, pairs(events)),
    restart: async (sql, events) => {
      const wanted = pairs(events);
      await insertRuns(sql, wanted);
      await reviveFailed(sql, wanted);
    },
  };
}

async function insertRuns(sql: Sql, pairs: readonly { flow: string; eventId: string }[]): Promise<void> {
  if (pairs.length === 0) return;
  await sql.query(
    `with started as (
       insert into socle.runs (flow, event_id) select * from unnest($1::text[], $2::bigint[])
       on conflict (event_id, flow) do nothing returning id
     )
     select ${addJobSql('$3')} where exists (select from started)`,
    [pairs.map((one) => one.flow), pairs.map((one) => one.eventId), RUN_TASK],
  );
}

async function reviveFailed(sql: Sql, pairs: readonly { flow: string; eventId: string }[]): Promise<void> {
  if (pairs.length === 0) return;
  await sql.query(
    `with revived as (
       update socle.runs r set state = 'waiting', due_at = now(), finished_at = null
       from unnest($1::text[], $2::bigint[]) as g (flow, event_id)
       where r.event_id = g.event_id and r.flow = g.flow and r.state = 'failed' returning r.id
     ), renewed as (
       update socle.steps s set attempts = 0 from revived where s.run_id = revived.id and s.state = 'failed'
     )
     select ${addJobSql('$3')} where exists (select from revived)`,
    [pairs.map((one) => one.flow), pairs.map((one) => one.eventId), RUN_TASK],
  );
}

/** One run for each tick, however often and by however many schedulers it is told. */
export async function startTick(sql: Sql, flow: string, tick: Date): Promise<void> {
  await sql.query(
    `with started as (
       insert into socle.runs (flow, tick) values ($1, $2)
       on conflict (tick, flow) where tick is not null do nothing returning id
     )
     select ${addJobSql('$3')} where exists (select from started)`,
    [flow, tick, RUN_TASK],
  );
}

/** Wakes a worker up when the transaction commits. */
export async function wakeWorkers(sql: Sql): Promise<void> {
  await sql.query(`select ${addJobSql('$1')}`, [RUN_TASK]);
}
