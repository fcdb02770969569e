import { type Effects, SocleError, type Sql } from '@socle/kernel';
import { type Live, readId } from '@socle/service-events';
import { wakeWorkers } from './start.ts';
import { stepKey } from './step.ts';

/** What a person found out about a step in doubt. */
export interface Finding {
  readonly stepId: string;
  readonly outcome: 'happened' | 'did_not_happen';
  /** What the step would have come to, for the steps after it. */
  readonly output?: unknown;
}

export interface RunControl {
  /**
   * Goes on at the step that failed; those that succeeded keep their results. A parked run looks again
   * whether its effect is known by now, and repeats nothing in doubt. Throws `precondition_failed` for
   * a run in any other state.
   */
  retry(runId: string): Promise<void>;
  /** Says what became of the step that parked the run: it counts as done, or is done again. */
  resolve(runId: string, finding: Finding): Promise<void>;
  /** No further step starts, and what a worker is at is not recorded. What took effect stays. */
  cancel(runId: string): Promise<void>;
}

export function createControl({
  sql,
  effects,
  tell,
}: {
  sql: Sql;
  effects: Pick<Effects, 'succeeded' | 'failed'>;
  tell: Live['tell'];
}): RunControl {
  return {
    retry: async (runId) => {
      await sql.transaction(async (inner) => {
        await move(inner, runId, { from: ['failed', 'parked'], to: 'waiting' });
        await inner.query(`update socle.steps set attempts = 0 where run_id = $1 and state <> 'succeeded'`, [
          runId,
        ]);
        await wakeWorkers(inner);
      });
      tell('runs');
    },
    resolve: async (runId, { stepId, outcome, output = null }) => {
      const [step] = await sql.query<{ key: string }>(
        `select r.key from socle.runs r join socle.steps s on s.run_id = r.id
         where r.id = $1 and r.state = 'parked' and s.step_id = $2 and s.state = 'parked'`,
        [readId(runId), stepId],
      );
      if (!step)
        throw new SocleError('precondition_failed', `step "${stepId}" of run ${runId} is not in doubt`);
      const key = stepKey(step.key, stepId);
      // before the run goes on: it asks the effects store first
      await (outcome === 'happened' ? effects.succeeded(key, output) : effects.failed(key));
      await sql.transaction(async (inner) => {
        await move(inner, runId, { from: ['parked'], to: 'waiting' });
        await (outcome === 'happened'
          ? inner.query(
              `update socle.steps set state = 'succeeded', output = $3, error = null, finished_at = now()
               where run_id = $1 and step_id = $2`,
              [runId, stepId, JSON.stringify(output)],
            )
          : inner.query(
              `update socle.steps set state = 'failed', attempts = 0 where run_id = $1 and step_id = $2`,
              [runId, stepId],
            ));
        await wakeWorkers(inner);
      });
      tell('runs');
    },
    cancel: async (runId) => {
      await move(sql, runId, {
        from: ['waiting', 'running', 'deferred', 'failed', 'parked'],
        to: 'cancelled',
      });
      tell('runs');
    },
  };
}

/** A higher fence than any worker holds: what one is at comes too late. */
async function move(
  sql: Sql,
  runId: string,
  { from, to }: { from: readonly string[]; to: 'waiting' | 'cancelled' },
): Promise<void> {
  const moved = await sql.query(
    `update socle.runs set state = $3, fence = fence + 1, owner = null, due_at = now(),
       error = case when $3 = 'waiting' then null else error end,
       finished_at = case when $3 = 'cancelled' then now() end
     where id = $1 and state = any($2) returning id`,
    [readId(runId), from, to],
  );
  if (moved.length > 0) return;
  const [run] = await sql.query<{ state: string }>('select state from socle.runs where id = $1', [runId]);
  if (!run) throw new SocleError('not_found', `there is no run ${runId}`);
  throw new SocleError('precondition_failed', `run ${runId} is ${run.state}`);
}
