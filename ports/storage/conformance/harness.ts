import assert from 'node:assert/strict';
import { type Call, type ErrorCode, isSocleError, SocleError } from '@socle/kernel';
import type { z } from 'zod';
import { type StoragePort, storage } from '../contract.ts';

type Operations = (typeof storage)['operations'];
export type OperationName = keyof Operations;
export type Capability = (typeof storage)['capabilities'][number];

/** What the vendor (or the line to it) does to the next request. */
export type NetworkFault = 'hang' | 'refused' | 'reset-after-body' | 'html-502' | 'rate-limited';

/** What the suite needs to know about an adapter's surroundings. */
export interface StorageHarness {
  readonly adapter: StoragePort;
  /** Another client of the same objects, as in another process. */
  readonly second: StoragePort;
  readonly capabilities: readonly Capability[];
  toError(thrown: unknown): SocleError;
  /** Moves the clock by which signed URLs expire. */
  pass(ms: number): Promise<void>;
  /** What lies at the vendor and belongs to no object: unfinished uploads, contents that nothing names. */
  leftovers(): Promise<number>;
  /** Plain HTTP, as a browser that was handed a signed URL. */
  request(url: string, init?: RequestInit): Promise<Response>;
  /** Everything logged so far, as one text. */
  logged(): string;
  /** Values that must appear in no error and no log line. */
  readonly secrets: readonly string[];
  /** Networked adapters only: arms one fault. `retryAfterMs` of `rate-limited` is 2,000. */
  readonly fault?: (fault: NetworkFault) => Promise<{
    /** Resolves once the fault has struck. */
    struck(): Promise<void>;
  }>;
  close(): Promise<void>;
}

/** One claim about an adapter, as a plain function: Vitest and the test of the suite both run it. */
export interface Case {
  readonly name: string;
  /** Runs only where declared; where not, the operation must answer `unsupported`, which is a case of its own. */
  readonly needs?: Capability;
  run(harness: StorageHarness): Promise<void>;
}

let lastKey = 0;

/** A key that no other case uses. */
export function freshKey(name = 'object'): string {
  lastKey += 1;
  return `conformance/${process.pid}-${Date.now()}-${lastKey}/${name}`;
}

export interface Via {
  readonly client?: StoragePort;
  readonly signal?: AbortSignal;
}

/** Calls as the kernel does: parsed on the way in, mapped on failure, checked on the way out. */
export async function call<Name extends OperationName>(
  harness: StorageHarness,
  name: Name,
  ...[input, via = {}]: [z.input<Operations[Name]['input']>, Via?]
): Promise<z.output<Operations[Name]['output']>> {
  const spec = storage.operations[name];
  const parsed = spec.input.safeParse(input);
  if (!parsed.success) throw new SocleError('invalid_argument', parsed.error.message, { applied: 'no' });
  const context: Call = {
    signal: via.signal ?? AbortSignal.timeout(60_000),
    idempotencyKey: crypto.randomUUID(),
  };
  const method = (via.client ?? harness.adapter)[name] as (input: unknown, call: Call) => Promise<unknown>;
  let output: unknown;
  try {
    output = await method(parsed.data, context);
  } catch (thrown) {
    throw isSocleError(thrown) ? thrown : harness.toError(thrown);
  }
  return spec.output.parse(output) as z.output<Operations[Name]['output']>;
}

/** The error that `work` fails with; fails the case when it does not, or with another code. */
export async function refusal(
  work: Promise<unknown>,
  ...codes: readonly [ErrorCode, ...ErrorCode[]]
): Promise<SocleError> {
  let result: unknown;
  try {
    result = await work;
  } catch (thrown) {
    assert.ok(isSocleError(thrown), `threw something else than a SocleError: ${String(thrown)}`);
    assert.ok(codes.includes(thrown.code), `failed with ${thrown.code}, not ${codes.join(' or ')}`);
    return thrown;
  }
  assert.fail(`expected ${codes.join(' or ')}, but it succeeded with ${JSON.stringify(result)}`);
}

export async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  return Buffer.from(await new Response(stream).arrayBuffer());
}

export async function textAt(harness: StorageHarness, key: string, via: Via = {}): Promise<string> {
  return (await bytesOf((await call(harness, 'get', { key }, via)).body)).toString('utf8');
}

/** Asserts that an upload that failed left neither an object nor anything else. */
export async function expectNothing(harness: StorageHarness, key: string): Promise<void> {
  await refusal(call(harness, 'head', { key }), 'not_found');
  assert.equal(await harness.leftovers(), 0, 'something was left behind');
}

export interface Source {
  readonly body: ReadableStream<Uint8Array>;
  /** Bytes handed out so far. */
  sent(): number;
  /** Whether the reader gave the rest back. */
  isCancelled(): boolean;
}

export const MB = 1024 * 1024;

/** A stream made on demand: `chunk` gives the next bytes, `undefined` the end. It keeps nothing in store. */
export function sourceOf(
  chunk: (sent: number) => Promise<Uint8Array | undefined> | Uint8Array | undefined,
): Source {
  let sent = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const next = await chunk(sent);
        if (next === undefined) return controller.close();
        sent += next.byteLength;
        controller.enqueue(next);
      },
      cancel: () => {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, sent: () => sent, isCancelled: () => cancelled };
}
