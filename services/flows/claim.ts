import { type CloudEvent, type Sql, toCloudEvent } from '@socle/kernel';

/** A run that this process holds, with what it needs to go on. */
export interface ClaimedRun {
  readonly id: string;
  readonly key: string;
  readonly flow: string;
  /** Number of the grant: whoever holds an older one is refused. */
  readonly fence: number;
  readonly event: CloudEvent;
  /** Memos of steps tried before. */
  readonly steps: ReadonlyMap<
    string,
    { readonly succeeded: boolean; readonly attempts: number; readonly output: unknown }
  >;
}

interface ClaimRow {
  readonly id: string;
  readonly key: string;
  readonly flow: string;
  readonly fence: number;
  readonly attempts: number;
  readonly tick: Date | null;
  readonly source: string | null;
  readonly event_id: string;
  readonly type: string;
  readonly subject: string | null;
  readonly time: Date;
  readonly data: unknown;
}

export interface ClaimRequest {
  readonly owner: string;
  /** Flows that this process knows: those of a newer version wait for it. */
  readonly flows: readonly string[];
  readonly limit: number;
}

const STATEMENT = `
  with due as (
    select id from socle.runs
    where state in ('waiting', 'deferred') and due_at <= now() and flow = any($2)
    order by due_at, id limit $3 for update skip locked
  ), claimed as (
    update socle.runs r
    set state = 'running', owner = $1, fence = fence + 1, attempts = attempts + 1
    from due where r.id = due.id
    returning r.id, r.key, r.flow, r.fence, r.attempts, r.tick, r.event_id
  )
  select c.id, c.key, c.flow, c.fence, c.attempts, c.tick,
    e.source, e.event_id, e.type, e.subject, e.time, e.data
  from claimed c left join socle.events e on e.id = c.event_id
  order by c.id`;

/** Takes due runs for a worker that holds a lease. */
export async function claimRuns(sql: Sql, { owner, flows, limit }: ClaimRequest): Promise<ClaimedRun[]> {
  const rows = await sql.query<ClaimRow>(STATEMENT, [owner, flows, limit]);
  const steps = await readSteps(
    sql,
    rows.filter((row) => row.attempts > 1).map((row) => row.id),
  );
  return rows.map((row) => ({
    id: row.id,
    key: row.key,
    flow: row.flow,
    fence: row.fence,
    event: toEvent(row),
    steps: steps.get(row.id) ?? new Map(),
  }));
}

async function readSteps(sql: Sql, ids: readonly string[]): Promise<Map<string, ClaimedRun['steps']>> {
  const byRun = new Map<string, Map<string, { succeeded: boolean; attempts: number; output: unknown }>>();
  if (ids.length === 0) return byRun;
  const rows = await sql.query<{
    run_id: string;
    step_id: string;
    state: string;
    attempts: number;
    output: unknown;
  }>('select run_id, step_id, state, attempts, output from socle.steps where run_id = any($1::bigint[])', [
    ids,
  ]);
  for (const row of rows) {
    const steps = byRun.get(row.run_id) ?? new Map();
    byRun.set(row.run_id, steps);
    steps.set(row.step_id, {
      succeeded: row.state === 'succeeded',
      attempts: row.attempts,
      output: row.output,
    });
  }
  return byRun;
}

function toEvent(row: ClaimRow): CloudEvent {
  if (row.tick) {
    const scheduledAt = row.tick.toISOString();
    return toCloudEvent(`/flows/${row.flow}`, {
      id: scheduledAt,
      type: 'schedule.ticked',
      time: row.tick,
      data: { scheduledAt },
    });
  }
  return toCloudEvent(row.source ?? '', {
    id: row.event_id,
    type: row.type,
    time: row.time,
    ...(row.subject === null ? {} : { subject: row.subject }),
    data: row.data,
  });
}
