import { type Clock, isSocleError, type Log, SocleError, type Sql } from '@socle/kernel';
import type { ModuleCall, Plan } from './request.ts';

/** Stores calls that met a full window, and executes them when it opens. */
export interface Deferral {
  /**
   * The error to throw instead: `quota_exceeded` with `deferredUntil` when the call is now stored,
   * the error itself when it cannot wait.
   */
  defer(plan: Plan, why: { via: string | undefined; error: SocleError }): Promise<SocleError>;
}

export interface DeferredJobs {
  /** Adds a job in the transaction of `sql`. */
  enqueue(sql: Sql, job: { key: string; runAt: Date }): Promise<void>;
}

interface Options {
  readonly sql: Sql;
  readonly jobs: DeferredJobs;
  readonly clock: Clock;
  readonly log: Log;
}

const TRIES = 10;
const LONGEST_PAUSE_MS = 3_600_000;

export function createDeferral({ sql, jobs, clock }: Omit<Options, 'log'>): Deferral {
  return {
    async defer(plan, { via, error }) {
      const until = opensAt(error, clock.now());
      const waits = until && plan.spec.effect === 'write' && (plan.spec.transport ?? 'json') === 'json';
      if (!waits) return error;
      const isStored = await sql.transaction(async (tx) => {
        const stored = await tx.query(
          `insert into socle.deferred_calls (idempotency_key, port, operation, via, input, run_at)
           values ($1, $2, $3, $4, $5, $6)
           on conflict (idempotency_key) do update
           set run_at = excluded.run_at, via = excluded.via, input = excluded.input, state = 'waiting',
             attempts = case deferred_calls.state when 'waiting' then deferred_calls.attempts else 0 end,
             error = null, finished_at = null
           where deferred_calls.state in ('waiting', 'failed') returning 1`,
          [plan.idempotencyKey, plan.port.id, plan.operation, via ?? null, JSON.stringify(plan.input), until],
        );
        if (stored.length > 0) await jobs.enqueue(tx, { key: plan.idempotencyKey, runAt: until });
        return stored.length > 0;
      });
      if (!isStored) return error;
      return new SocleError(
        'quota_exceeded',
        `${plan.port.id}.${plan.operation}: waits until ${until.toISOString()}, when its window opens`,
        { ...error.details, deferredUntil: until.toISOString(), applied: 'no' },
        error,
      );
    },
  };
}

interface DeferredRow {
  readonly port: string;
  readonly operation: string;
  readonly via: string | null;
  readonly input: unknown;
  readonly attempts: number;
}

/**
 * Executes one stored call. Exactly once: its idempotency key is that of the first attempt, and the
 * effects store remembers it through any crash.
 */
export async function runDeferred(
  key: string,
  { sql, jobs, clock, log, call }: Options & { call(call: ModuleCall): Promise<unknown> },
): Promise<void> {
  const [row] = await sql.query<DeferredRow>(
    `select port, operation, via, input, attempts from socle.deferred_calls
     where idempotency_key = $1 and state = 'waiting'`,
    [key],
  );
  if (!row) return;
  const { port, operation, input, via } = row;
  try {
    const result = await call({
      port,
      operation,
      input,
      idempotencyKey: key,
      policy: 'defer',
      ...(via ? { via } : {}),
    });
    await finish({ state: 'done', result });
  } catch (thrown) {
    const error = isSocleError(thrown) ? thrown : new SocleError('internal', String(thrown), {}, thrown);
    // stored anew by `defer`, with the hour of the next window
    if (error.details.deferredUntil) return;
    // the same call is under way in a process that lost its job: ask again for how it ended
    const isBusy = error.code === 'conflict' && error.details.retryAfterMs !== undefined;
    const attempts = isBusy ? row.attempts : row.attempts + 1;
    const again =
      isBusy ||
      (['unavailable', 'timeout', 'rate_limited', 'internal'].includes(error.code) && attempts < TRIES);
    if (!again) return finish({ state: error.code === 'outcome_unknown' ? 'parked' : 'failed', error });
    const pause = Math.max(error.details.retryAfterMs ?? 0, Math.min(1000 * 2 ** attempts, LONGEST_PAUSE_MS));
    await sql.transaction(async (tx) => {
      const runAt = new Date(clock.now().getTime() + pause);
      await tx.query(
        'update socle.deferred_calls set attempts = $2, run_at = $3 where idempotency_key = $1',
        [key, attempts, runAt],
      );
      await jobs.enqueue(tx, { key, runAt });
    });
  }

  async function finish(end: { state: 'done' | 'failed' | 'parked'; result?: unknown; error?: SocleError }) {
    await sql.query(
      `update socle.deferred_calls set state = $2, result = $3, error = $4, finished_at = now()
       where idempotency_key = $1 and state = 'waiting'`,
      [
        key,
        end.state,
        end.result === undefined ? null : JSON.stringify(end.result),
        end.error ? JSON.stringify({ code: end.error.code, message: end.error.message }) : null,
      ],
    );
    if (end.error) log.error({ port, operation, code: end.error.code }, 'a deferred call failed');
  }
}

function opensAt({ code, details }: SocleError, now: Date): Date | undefined {
  if (code !== 'quota_exceeded' && code !== 'rate_limited') return undefined;
  if (details.quota?.resetsAt) return new Date(details.quota.resetsAt);
  return details.retryAfterMs === undefined ? undefined : new Date(now.getTime() + details.retryAfterMs);
}
