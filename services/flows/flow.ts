import type { CloudEvent, Port, Sql, Text } from '@socle/kernel';
import { z } from 'zod';

/** An event type, and the schema that its data is read with. */
export interface EventTrigger<Schema extends z.ZodType = z.ZodType> {
  readonly event: string;
  readonly data: Schema;
}

/** Cron in five fields, UTC. */
export interface ScheduleTrigger {
  readonly schedule: string;
}

export type Trigger = EventTrigger | ScheduleTrigger;

export const Tick = z.object({ scheduledAt: z.iso.datetime() });

export type DataOf<T extends Trigger> =
  T extends EventTrigger<infer Schema> ? z.output<Schema> : z.output<typeof Tick>;

/** An event that a step emits. Its id stays the same when the step is repeated. */
export interface Emission {
  readonly type: string;
  readonly data: unknown;
  readonly subject?: string;
}

export interface StepContext<Data> {
  readonly event: CloudEvent<Data>;
  readonly now: Date;
  /** Stable over retries and crashes, different for every step of every run. */
  readonly idempotencyKey: string;
  /** Aborted when this process lost the run. */
  readonly signal: AbortSignal;
  /** What an earlier step came to. It was stored as JSON, perhaps by an older version: hence the schema. */
  result<Schema extends z.ZodType>(stepId: string, schema: Schema): z.output<Schema>;
  /** Recorded in the transaction that records the step. */
  emit(event: Emission): void;
}

export type CallPort = <P extends Port, Name extends keyof P['operations'] & string>(
  port: P,
  operation: Name,
  input: z.input<P['operations'][Name]['input']>,
) => Promise<z.output<P['operations'][Name]['output']>>;

interface StepBase {
  /** Persistent: a renamed step is another step to the runs under way. */
  readonly id: string;
  readonly title: Text;
}

/** Its rows and its memo are committed together: exactly once. */
export interface DatabaseStep<Data> extends StepBase {
  readonly kind: 'database';
  run(context: StepContext<Data> & { readonly sql: Sql }): Promise<unknown>;
}

/** One call on a module: at most one visible effect, or the run is parked. */
export interface CallStep<Data> extends StepBase {
  readonly kind: 'call';
  /** `<port>.<operation>`: the only one that it may call, and once. */
  readonly uses: string;
  run(context: StepContext<Data> & { readonly call: CallPort }): Promise<unknown>;
}

/** Computes or emits; may be repeated after a crash. */
export interface LocalStep<Data> extends StepBase {
  readonly kind: 'local';
  run(context: StepContext<Data>): unknown;
}

export type Step<Data = unknown> = DatabaseStep<Data> | CallStep<Data> | LocalStep<Data>;

/** A durable reaction to an event or a schedule: a list of steps, each taking effect once. */
export interface Flow<T extends Trigger = Trigger> {
  readonly id: string;
  readonly title: Text;
  readonly on: T;
  /** Event types that its steps emit. */
  readonly emits?: readonly string[];
  readonly steps: readonly Step<DataOf<T>>[];
}

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Declares a flow. Throws on an id that could not be kept: they are stored with every run. */
export function defineFlow<T extends Trigger>(flow: Flow<T>): Flow {
  const ids = flow.steps.map((step) => step.id);
  const wrong = [flow.id, ...ids].filter((id) => !ID.test(id));
  if (wrong.length > 0) throw new Error(`flow "${flow.id}": ids are kebab-case, not ${wrong.join(', ')}`);
  if (ids.length === 0) throw new Error(`flow "${flow.id}" has no step`);
  if (new Set(ids).size < ids.length) throw new Error(`flow "${flow.id}" has two steps of one id`);
  return flow as unknown as Flow;
}
