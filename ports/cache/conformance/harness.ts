import assert from 'node:assert/strict';
import { type ErrorCode, isSocleError, type SocleError } from '@socle/kernel';
import type { z } from 'zod';
import { type CachePort, cache } from '../contract.ts';

type Operations = (typeof cache)['operations'];
export type OperationName = keyof Operations;

/** What the suite needs to know about an adapter's surroundings. */
export interface CacheHarness {
  readonly adapter: CachePort;
  /** Another client of the same cache, as in another process. */
  readonly second: CachePort;
  /** A client with another namespace on the same server, where there are namespaces. */
  readonly stranger?: CachePort;
  readonly capabilities: readonly (typeof cache)['capabilities'][number][];
  toError(thrown: unknown): SocleError;
  /** Moves a fake clock; returns at once where time is the server's, and the suite then waits for it. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** One claim about an adapter, as a plain function: Vitest and the test of the suite both run it. */
export interface Case {
  readonly name: string;
  readonly needs?: CacheHarness['capabilities'][number];
  run(harness: CacheHarness): Promise<void>;
}

let lastKey = 0;

/** A key that no other case uses. */
export function freshKey(): string {
  lastKey += 1;
  return `conformance:${process.pid}:${Date.now()}:${lastKey}`;
}

interface Via {
  readonly harness: CacheHarness;
  readonly client?: CachePort;
  readonly signal?: AbortSignal;
}

/** Calls as the kernel does: parsed on the way in, mapped on failure, checked on the way out. */
export async function call<Name extends OperationName>(
  { harness, client = harness.adapter, signal = AbortSignal.timeout(30_000) }: Via,
  name: Name,
  input: z.input<Operations[Name]['input']>,
): Promise<z.output<Operations[Name]['output']>> {
  const spec = cache.operations[name];
  const method = client[name] as (input: unknown, call: object) => Promise<unknown>;
  let output: unknown;
  try {
    output = await method(spec.input.parse(input), { signal, idempotencyKey: freshKey() });
  } catch (thrown) {
    throw isSocleError(thrown) ? thrown : harness.toError(thrown);
  }
  return spec.output.parse(output) as z.output<Operations[Name]['output']>;
}

/** Fails unless `work` fails with that code. */
export async function refusal(work: Promise<unknown>, code: ErrorCode): Promise<SocleError> {
  let result: unknown;
  try {
    result = await work;
  } catch (thrown) {
    assert.ok(isSocleError(thrown), `threw something else than a SocleError: ${String(thrown)}`);
    assert.equal(thrown.code, code);
    return thrown;
  }
  assert.fail(`expected ${code}, but it succeeded with ${JSON.stringify(result)}`);
}

/** Waits until `check` passes: a server's clock runs by itself. */
export async function eventually(what: string, check: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 10_000;
  while (!(await check())) {
    assert.ok(Date.now() < until, `${what}: did not come`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
