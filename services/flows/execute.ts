import type { Clock, CloudEvent, Log } from '@socle/kernel';
import { isAway } from '@socle/service-database';
import { type Advance, LostRun, type Memo } from './advance.ts';
import type { ClaimedRun } from './claim.ts';
import type { Flow } from './flow.ts';
import type { Lease } from './lease.ts';
import { type ModuleCall, runStep, type StepRun } from './step.ts';
import type { StepTransactions } from './transactions.ts';
import { judge, type Retrying, toStepError, toStored } from './verdict.ts';

export interface Execution {
  readonly call: ModuleCall;
  readonly clock: Clock;
  readonly log: Log;
  readonly retrying: Retrying;
  /** Group commit over all runs of this process. False: another process has the run. */
  readonly advance: (item: Advance) => Promise<boolean>;
  readonly transactions: StepTransactions;
  readonly isStopping: () => boolean;
}

export interface Hand {
  readonly run: ClaimedRun;
  readonly flow: Flow;
  readonly lease: Lease;
}

/** What has happened and is not yet written. */
type Pending = Pick<Advance, 'memos' | 'events'>;
type Target = NonNullable<Advance['to']>;

const NOTHING: Pending = { memos: [], events: [] };

/** Runs the steps that are still to be done. Returns in how many milliseconds the run is due again, if it is. */
export async function executeRun(hand: Hand, execution: Execution): Promise<number | undefined> {
  try {
    return await walk(hand, execution);
  } catch (error) {
    const { id, flow } = hand.run;
    if (error instanceof LostRun) execution.log.warn({ run: id, flow }, 'the run went to another worker');
    // nothing can be written: the lease lapses, and whoever reaches the database goes on
    else execution.log.error({ run: id, flow, err: error }, 'the run was left where it stood');
    return undefined;
  }
}

/**
 * A memo is written with the transaction of its step, or together with the next write of the run. One that a
 * crash loses means its step again, under the same idempotency key: vendors or the effects store know it.
 */
async function walk(hand: Hand, execution: Execution): Promise<number | undefined> {
  const { run, flow, lease } = hand;
  const event = readEvent(hand);
  if (event instanceof Error) return settle(hand, execution, { ...NOTHING, to: failed(event) });
  const results = new Map<string, unknown>();
  let pending = NOTHING;
  let written: Promise<unknown> = Promise.resolve();

  for (const [index, step] of flow.steps.entries()) {
    const before = run.steps.get(step.id);
    if (before?.succeeded) {
      results.set(step.id, before.output);
      continue;
    }
    if (!lease.holds()) throw new LostRun();
    if (execution.isStopping()) {
      await written;
      return settle(hand, execution, { ...pending, to: { state: 'waiting', afterMs: 0 } });
    }
    const next = flow.steps[index + 1];
    const at: StepRun = { run, flow, step, event, results, lease, trace: { events: [] } };
    const begun = { attempts: (before?.attempts ?? 0) + 1, startedAt: execution.clock.now() };
    try {
      if (step.kind === 'database') {
        await written;
        const to = next ? undefined : ({ state: 'succeeded' } as const);
        results.set(step.id, await commitStep(at, execution, { begun, pending, to }));
        pending = NOTHING;
        if (!next) return undefined;
        continue;
      }
      results.set(step.id, await runStep(at, execution));
    } catch (thrown) {
      if (thrown instanceof LostRun || !lease.holds()) throw new LostRun();
      await written;
      return settleFailure(hand, execution, { at, begun, pending, thrown });
    }
    const memo = toMemo(at, { ...begun, finishedAt: execution.clock.now() }, results.get(step.id));
    pending = { memos: [...pending.memos, memo], events: [...pending.events, ...at.trace.events] };
    if (step.kind === 'call' && next && next.kind !== 'database') {
      // what happened outside is put on record while the next step is under way
      written = put(hand, execution, pending);
      written.catch(() => undefined);
      pending = NOTHING;
    }
  }
  await written;
  return settle(hand, execution, { ...pending, to: { state: 'succeeded' } });
}

interface Begun {
  readonly attempts: number;
  readonly startedAt: Date;
}

/** The step's rows, its memo, those before it and its events: all in one transaction, or none of it. */
async function commitStep(
  at: StepRun,
  execution: Execution,
  { begun, pending, to }: { begun: Begun; pending: Pending; to: Target | undefined },
): Promise<unknown> {
  const { run, flow, step, lease } = at;
  let output: unknown;
  await execution.transactions.commit({
    kind: `${flow.id}/${step.id}`,
    work: async (sql) => {
      if (!lease.holds()) throw new LostRun();
      const trace: StepRun['trace'] = { events: [] };
      output = await runStep({ ...at, trace }, { ...execution, sql });
      const memo = toMemo(at, { ...begun, finishedAt: execution.clock.now() }, output);
      return {
        runId: run.id,
        fence: run.fence,
        memos: [...pending.memos, memo],
        events: [...pending.events, ...trace.events],
        ...(to ? { to } : {}),
      };
    },
  });
  return output;
}

async function settleFailure(
  hand: Hand,
  execution: Execution,
  { at, begun, pending, thrown }: { at: StepRun; begun: Begun; pending: Pending; thrown: unknown },
): Promise<number | undefined> {
  const { run, flow } = hand;
  const { clock, log, retrying, isStopping } = execution;
  const error = toStepError(thrown);
  if (error.code === 'cancelled' && isStopping()) {
    return settle(hand, execution, { ...pending, to: { state: 'waiting', afterMs: 0 } });
  }
  const now = clock.now();
  const trial = { attempt: begun.attempts, retrying, now, random: Math.random() };
  const verdict = judge(error, trial);
  const stored = toStored(error);
  log.warn(
    { run: run.id, flow: flow.id, step: at.step.id, error: stored, verdict },
    'a step did not succeed',
  );
  const counts = !('counts' in verdict) || verdict.counts;
  const memo: Memo = {
    ...toMemo(at, { ...begun, finishedAt: now }, null),
    state: verdict.to === 'parked' ? 'parked' : 'failed',
    attempts: counts ? begun.attempts : begun.attempts - 1,
    error: stored,
  };
  const afterMs = 'afterMs' in verdict ? verdict.afterMs : undefined;
  return settle(hand, execution, {
    memos: [...pending.memos, memo],
    events: pending.events,
    to: { state: verdict.to, error: stored, ...(afterMs === undefined ? {} : { afterMs }) },
  });
}

async function settle(
  hand: Hand,
  execution: Execution,
  move: Pending & { to: Target },
): Promise<number | undefined> {
  await put(hand, execution, move);
  return move.to.afterMs;
}

/** Writes a move. What PostgreSQL cannot store fails the run instead of coming back for ever. */
async function put({ run }: Hand, { advance }: Execution, move: Pending & { to?: Target }): Promise<void> {
  const whose = { runId: run.id, fence: run.fence };
  let held: boolean;
  try {
    held = await advance({ ...whose, ...move });
  } catch (error) {
    if (isAway(error)) throw error;
    held = await advance({ ...whose, ...NOTHING, to: failed(error) });
  }
  if (!held) throw new LostRun();
}

function failed(error: unknown): Target {
  return { state: 'failed', error: toStored(toStepError(error)) };
}

/** The event as the flow's trigger describes it. */
function readEvent({ run, flow }: Hand): CloudEvent | Error {
  if (!('event' in flow.on)) return run.event;
  const data = flow.on.data.safeParse(run.event.data);
  return data.success ? { ...run.event, data: data.data } : data.error;
}

function toMemo({ step, trace }: StepRun, times: Begun & { finishedAt: Date }, output: unknown): Memo {
  return {
    stepId: step.id,
    state: 'succeeded',
    ...times,
    output,
    ...(trace.input === undefined ? {} : { input: trace.input }),
  };
}
