import type { Sql } from '@socle/kernel';
import type { EventStore, NewEvent } from '@socle/service-events';
import type { StoredError } from './verdict.ts';

/** Another worker has the run, or a person cancelled it: nothing of it may be written any more. */
export class LostRun extends Error {}

/** What one step came to. */
export interface Memo {
  readonly stepId: string;
  readonly state: 'succeeded' | 'failed' | 'parked';
  readonly attempts: number;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly error?: StoredError;
}

/** One move of a run: memos of its steps, what they emitted, and the state it goes to. */
export interface Advance {
  readonly runId: string;
  readonly fence: number;
  readonly memos: readonly Memo[];
  readonly events: readonly NewEvent[];
  /** Absent: it goes on running. */
  readonly to?: {
    readonly state: 'waiting' | 'deferred' | 'succeeded' | 'failed' | 'parked';
    readonly afterMs?: number;
    readonly error?: StoredError;
  };
}

const STATEMENT = `
  with given as (
    select * from unnest($1::bigint[], $2::int[], $3::text[], $4::float8[], $5::jsonb[])
      as g (run_id, fence, state, after_ms, error)
  ), moved as (
    update socle.runs r
    set state = g.state, error = g.error, owner = null,
      due_at = case when g.after_ms is null then r.due_at else now() + make_interval(secs => g.after_ms / 1000) end,
      finished_at = case when g.state in ('succeeded', 'failed') then now() end
    from given g
    where r.id = g.run_id and r.fence = g.fence and r.state = 'running' and g.state is not null
    returning r.id
  ), kept as (
    select r.id from socle.runs r join given g on r.id = g.run_id
    where g.state is null and r.fence = g.fence and r.state = 'running'
    for no key update of r
  ), held as (
    select id from moved union select id from kept
  ), written as (
    insert into socle.steps (run_id, step_id, state, attempts, started_at, finished_at, input, output, error)
    select m.* from jsonb_to_recordset($6::jsonb) as m (run_id bigint, step_id text, state text, attempts int,
      started_at timestamptz, finished_at timestamptz, input jsonb, output jsonb, error jsonb)
    join held on held.id = m.run_id
    on conflict (run_id, step_id) do update
    set state = excluded.state, attempts = excluded.attempts, finished_at = excluded.finished_at,
      input = excluded.input, output = excluded.output, error = excluded.error
    -- a commit whose answer was lost is not undone by the report of that loss
    where steps.state <> 'succeeded'
  )
  select id from held`;

/**
 * Moves runs on, in one statement. Answers whether each was still this process's: nothing is written for
 * one that another process has taken over, whose fence is higher.
 */
export async function writeAdvances(
  sql: Sql,
  events: Pick<EventStore, 'record'>,
  items: readonly Advance[],
): Promise<readonly boolean[]> {
  const rows = await sql.query<{ id: string }>(STATEMENT, [
    items.map((one) => one.runId),
    items.map((one) => one.fence),
    items.map((one) => one.to?.state ?? null),
    items.map((one) => one.to?.afterMs ?? null),
    items.map((one) => (one.to?.error ? JSON.stringify(one.to.error) : null)),
    JSON.stringify(items.flatMap(({ runId, memos }) => memos.map((memo) => toRow(runId, memo)))),
  ]);
  const held = new Set(rows.map((row) => row.id));
  await events.record(
    sql,
    items.filter((one) => held.has(one.runId)).flatMap((one) => one.events),
  );
  return items.map((one) => held.has(one.runId));
}

/** A batch of them; a transaction only where a second statement follows. */
export function commitAdvances(
  sql: Sql,
  events: Pick<EventStore, 'record'>,
  items: readonly Advance[],
): Promise<readonly boolean[]> {
  return items.some((one) => one.events.length > 0)
    ? sql.transaction((inner) => writeAdvances(inner, events, items))
    : writeAdvances(sql, events, items);
}

function toRow(runId: string, memo: Memo): Record<string, unknown> {
  return {
    run_id: runId,
    step_id: memo.stepId,
    state: memo.state,
    attempts: memo.attempts,
    started_at: memo.startedAt,
    finished_at: memo.finishedAt,
    input: memo.input,
    output: memo.output,
    error: memo.error,
  };
}
