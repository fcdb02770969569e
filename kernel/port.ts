import type { z } from 'zod';
import type { Call } from './call.ts';
import type { Text } from './text.ts';

/** One named, typed call: the unit that REST, OpenAPI, client, CLI and MCP all expose. */
export interface Operation<In extends z.ZodType = z.ZodType, Out extends z.ZodType = z.ZodType> {
  readonly input: In;
  readonly output: Out;
  readonly effect: 'read' | 'write';
  /** The capability without which an adapter answers `unsupported`. */
  readonly needs?: string;
  /**
   * `json` (default) goes over every transport; `binary` carries bytes and gets HTTP routes of its own;
   * `stream` yields values over time and is for code in the process only.
   */
  readonly transport?: 'json' | 'binary' | 'stream';
}

type Extra = Pick<Operation, 'needs' | 'transport'>;

/** Declares an operation without effect at the vendor. */
export function read<In extends z.ZodType, Out extends z.ZodType>(
  input: In,
  output: Out,
  extra: Extra = {},
): Operation<In, Out> {
  return { input, output, effect: 'read', ...extra };
}

/** Declares an operation with an effect: remembered under its idempotency key. */
export function write<In extends z.ZodType, Out extends z.ZodType>(
  input: In,
  output: Out,
  extra: Extra = {},
): Operation<In, Out> {
  return { input, output, effect: 'write', ...extra };
}

export type Operations = Readonly<Record<string, Operation>>;

/** A capability's contract, vendor-free. */
export interface Port<
  Id extends string = string,
  Ops extends Operations = Operations,
  Capability extends string = string,
> {
  readonly id: Id;
  readonly title: Text;
  /** Everything that an adapter may declare or leave out. */
  readonly capabilities: readonly Capability[];
  readonly operations: Ops;
  /** One line for people about each operation. */
  readonly texts: Readonly<Record<keyof Ops & string, Text>>;
  /** Facts that this port emits: type → payload. */
  readonly events: Readonly<Record<string, z.ZodType>>;
}

export function definePort<Id extends string, Ops extends Operations, const Capability extends string>(
  port: Port<Id, Ops, Capability>,
): Port<Id, Ops, Capability> {
  return port;
}

/** What an adapter implements: one method an operation. Input arrives parsed; output is checked on the way out. */
export type PortOf<P extends Port> = {
  readonly [Name in keyof P['operations']]: (
    input: z.output<P['operations'][Name]['input']>,
    call: Call,
  ) => Promise<z.input<P['operations'][Name]['output']>>;
};

export type CapabilityOf<P extends Port> = P['capabilities'][number];
