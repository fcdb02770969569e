import { SocleError, type Sql, type Text } from '@socle/kernel';
import { type Page, type PageRequest, pageBounds, readId, toPage } from '@socle/service-events';
import type { Flow } from './flow.ts';
import type { StoredError } from './verdict.ts';

export type RunState = 'waiting' | 'running' | 'deferred' | 'succeeded' | 'failed' | 'parked' | 'cancelled';

export interface FlowRow {
  readonly id: string;
  readonly title: Text;
  readonly trigger:
    | { readonly kind: 'event'; readonly type: string }
    | { readonly kind: 'schedule'; readonly cron: string };
  readonly steps: readonly { readonly id: string; readonly title: Text; readonly uses: string | null }[];
  readonly emits: readonly string[];
  readonly counts: Readonly<Record<RunState, number>>;
}

export interface RunRow {
  readonly id: string;
  readonly flow: string;
  readonly state: RunState;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly attempts: number;
  /** Of `socle.events`; null for a tick. */
  readonly eventId: string | null;
  readonly error: StoredError | null;
}

export interface StepRow {
  readonly id: string;
  readonly title: Text;
  readonly state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'parked';
  readonly attempts: number;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly input: unknown;
  readonly output: unknown;
  readonly error: StoredError | null;
}

export interface RunDetail extends RunRow {
  readonly input: unknown;
  readonly steps: readonly StepRow[];
}

export interface RunFilter extends PageRequest {
  readonly flow?: string | undefined;
  readonly state?: RunState | undefined;
  readonly eventId?: string | undefined;
}

export interface FlowViews {
  list(): Promise<readonly FlowRow[]>;
  runs(filter?: RunFilter): Promise<Page<RunRow>>;
  /** Throws `not_found`. */
  show(runId: string): Promise<RunDetail>;
}

interface Row {
  readonly id: string;
  readonly flow: string;
  readonly state: RunState;
  readonly created_at: Date;
  readonly finished_at: Date | null;
  readonly attempts: number;
  readonly event_id: string | null;
  readonly tick: Date | null;
  readonly error: StoredError | null;
}

interface MemoRow {
  readonly step_id: string;
  readonly state: 'succeeded' | 'failed' | 'parked';
  readonly attempts: number;
  readonly started_at: Date;
  readonly finished_at: Date;
  readonly input: unknown;
  readonly output: unknown;
  readonly error: StoredError | null;
}

const COLUMNS = 'r.id, r.flow, r.state, r.created_at, r.finished_at, r.attempts, r.event_id, r.tick, r.error';
const NO_RUNS: Record<RunState, number> = {
  waiting: 0,
  running: 0,
  deferred: 0,
  succeeded: 0,
  failed: 0,
  parked: 0,
  cancelled: 0,
};

export function createFlowViews({ sql, flows }: { sql: Sql; flows: readonly Flow[] }): FlowViews {
  return {
    list: async () => {
      const rows = await sql.query<{ flow: string; state: RunState; count: number }>(
        'select flow, state, count(*)::int as count from socle.runs group by flow, state',
      );
      return flows.map((flow) => {
        const own = rows.filter((row) => row.flow === flow.id);
        return toFlowRow(flow, Object.fromEntries(own.map((row) => [row.state, row.count])));
      });
    },
    runs: async (filter = {}) => {
      const { before, take } = pageBounds(filter);
      const { flow, state, eventId } = filter;
      const rows = await sql.query<Row>(
        `select ${COLUMNS} from socle.runs r
         where ($1::bigint is null or r.id < $1) and ($2::text is null or r.flow = $2)
           and ($3::text is null or r.state = $3) and ($4::bigint is null or r.event_id = $4)
         order by r.id desc limit $5`,
        [before, flow || null, state ?? null, eventId === undefined ? null : readId(eventId), take],
      );
      return toPage(rows, take, toRunRow);
    },
    show: async (runId) => {
      const [row] = await sql.query<Row & { data: unknown }>(
        `select ${COLUMNS}, e.data from socle.runs r left join socle.events e on e.id = r.event_id where r.id = $1`,
        [readId(runId)],
      );
      if (!row) throw new SocleError('not_found', `there is no run ${runId}`);
      const memos = await sql.query<MemoRow>(
        'select * from socle.steps where run_id = $1 order by started_at, finished_at',
        [runId],
      );
      return {
        ...toRunRow(row),
        input: row.tick ? { scheduledAt: row.tick.toISOString() } : row.data,
        steps: toSteps(row, { memos, flow: flows.find((one) => one.id === row.flow) }),
      };
    },
  };
}

function toFlowRow({ id, title, on, steps, emits = [] }: Flow, counts: Partial<FlowRow['counts']>): FlowRow {
  return {
    id,
    title,
    trigger: 'event' in on ? { kind: 'event', type: on.event } : { kind: 'schedule', cron: on.schedule },
    steps: steps.map((step) => ({
      id: step.id,
      title: step.title,
      uses: step.kind === 'call' ? step.uses : null,
    })),
    emits,
    counts: { ...NO_RUNS, ...counts },
  };
}

function toRunRow(row: Row): RunRow {
  const { id, flow, state, attempts, error } = row;
  return {
    id,
    flow,
    state,
    startedAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    attempts,
    eventId: row.event_id,
    error,
  };
}

/** As the flow lists them today; then memos of steps that it no longer has. */
function toSteps(
  run: Row,
  { memos, flow }: { memos: readonly MemoRow[]; flow: Flow | undefined },
): StepRow[] {
  const byId = new Map(memos.map((memo) => [memo.step_id, memo]));
  const listed = (flow?.steps ?? []).map(({ id, title }) => ({ id, title }));
  const gone = memos
    .filter((memo) => !listed.some((step) => step.id === memo.step_id))
    .map(({ step_id: id }) => ({ id, title: { en: id, fr: id } }));
  const current = listed.find((step) => byId.get(step.id)?.state !== 'succeeded')?.id;
  return [...listed, ...gone].map(({ id, title }) => {
    const memo = byId.get(id);
    const isCurrent = id === current;
    return {
      id,
      title,
      state: stateOf(run.state, memo, isCurrent),
      attempts: memo?.attempts ?? 0,
      startedAt: memo?.started_at.toISOString() ?? null,
      finishedAt: memo?.finished_at.toISOString() ?? null,
      input: memo?.input ?? null,
      output: memo?.output ?? null,
      error: memo?.error ?? null,
    };
  });
}

function stateOf(run: RunState, memo: MemoRow | undefined, isCurrent: boolean): StepRow['state'] {
  if (memo?.state === 'succeeded') return 'succeeded';
  if (isCurrent && run === 'running') return 'running';
  // it failed, and the run will try again
  return !memo || run === 'waiting' || run === 'deferred' ? 'waiting' : memo.state;
}
