import { type Clock, type CloudEvent, SocleError, type Sql } from '@socle/kernel';
import type { NewEvent } from '@socle/service-events';
import type { ClaimedRun } from './claim.ts';
import type { CallPort, Flow, Step, StepContext } from './flow.ts';
import type { Lease } from './lease.ts';

/** How flows call modules: the same as the application's calls. */
export type ModuleCall = (request: {
  readonly port: string;
  readonly operation: string;
  readonly input: unknown;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}) => Promise<unknown>;

/** What a step did in memory, before anything of it is recorded. */
export interface Trace {
  readonly events: NewEvent[];
  input?: unknown;
}

export interface StepRun {
  readonly run: ClaimedRun;
  readonly flow: Flow;
  readonly step: Step;
  readonly event: CloudEvent;
  readonly results: ReadonlyMap<string, unknown>;
  readonly lease: Lease;
  readonly trace: Trace;
}

export function stepKey(runKey: string, stepId: string): string {
  return `${runKey}:${stepId}`;
}

/** Runs one step and gives back its output as JSON would have it, so that a first run and a resumed one agree. */
export async function runStep(
  at: StepRun,
  { call, clock, sql }: { call: ModuleCall; clock: Clock; sql?: Sql },
): Promise<unknown> {
  const { step } = at;
  const context = contextOf(at, clock.now());
  if (step.kind === 'call') return toJson(await step.run({ ...context, call: callFor(at, call) }));
  if (step.kind === 'local') return toJson(await step.run(context));
  if (!sql) throw new SocleError('internal', `step ${step.id} needs a transaction`);
  return toJson(await step.run({ ...context, sql }));
}

function contextOf(
  { run, flow, step, event, results, lease, trace }: StepRun,
  now: Date,
): StepContext<unknown> {
  const idempotencyKey = stepKey(run.key, step.id);
  return {
    event,
    now,
    idempotencyKey,
    signal: lease.signal,
    result: (stepId, schema) => {
      if (!results.has(stepId))
        throw new SocleError('internal', `step "${stepId}" does not stand before this one`);
      return schema.parse(results.get(stepId));
    },
    emit: ({ type, data, subject }) => {
      if (!flow.emits?.includes(type))
        throw new SocleError('internal', `flow ${flow.id} does not declare ${type}`);
      const id = `${idempotencyKey}:${trace.events.length}`;
      const draft = { id, type, time: now, data, ...(subject === undefined ? {} : { subject }) };
      trace.events.push({ source: `/flows/${flow.id}`, draft });
    },
  };
}

/** One operation, once: two effects under one idempotency key would be one. */
function callFor({ run, step, lease, trace }: StepRun, call: ModuleCall): CallPort {
  const uses = step.kind === 'call' ? step.uses : '';
  let called = false;
  return async (port, operation, input) => {
    const name = `${port.id}.${operation}`;
    if (name !== uses) throw new SocleError('internal', `step ${step.id} declares ${uses}, not ${name}`);
    if (called) throw new SocleError('internal', `step ${step.id} calls ${name} twice: make it two steps`);
    called = true;
    trace.input = input;
    const idempotencyKey = stepKey(run.key, step.id);
    const output = await call({ port: port.id, operation, input, idempotencyKey, signal: lease.signal });
    return output as Awaited<ReturnType<CallPort>> as never;
  };
}

function toJson(value: unknown): unknown {
  return value === undefined || value === null ? null : JSON.parse(JSON.stringify(value));
}
