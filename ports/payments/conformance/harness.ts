import assert from 'node:assert/strict';
import { type Call, type ErrorCode, type EventDraft, isSocleError, type SocleError } from '@socle/kernel';
import type { z } from 'zod';
import { type PaymentsPort, payments } from '../contract.ts';

type Operations = (typeof payments)['operations'];
export type OperationName = keyof Operations;
type Capability = (typeof payments)['capabilities'][number];
export type Kind =
  | 'customer'
  | 'product'
  | 'price'
  | 'checkout'
  | 'payment'
  | 'subscription'
  | 'refund'
  | 'portal';

/** What the vendor (or the line to it) does to the next call. */
export type NetworkFault = 'hang' | 'refused' | 'reset-after-body' | 'html-502' | 'rate-limited';

/** What the suite needs to know about an adapter's surroundings. */
export interface PaymentsHarness {
  readonly adapter: PaymentsPort;
  readonly capabilities: readonly Capability[];
  toError(thrown: unknown): SocleError;
  /** The person at the other end, with test cards. */
  readonly payer: {
    completeCheckout(checkout: { checkoutId: string; url: string }): Promise<void>;
    confirm(payment: { paymentId: string; clientSecret: string }): Promise<void>;
    /** Tries with a card that the bank refuses. */
    decline(payment: { paymentId: string; clientSecret: string }): Promise<void>;
  };
  /** Every fact that the platform's verified webhooks have told so far, repeated ones included. */
  events(): Promise<readonly EventDraft[]>;
  /** How many objects of a kind exist at the vendor: the proof of one effect. */
  count(kind: Kind): Promise<number>;
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
  /** Runs only where declared; where not, {@link OperationName} must answer `unsupported`, which is a case of its own. */
  readonly needs?: readonly Capability[];
  run(harness: PaymentsHarness): Promise<void>;
}

let lastKey = 0;

/** A key that no other call uses. */
export function freshKey(): string {
  lastKey += 1;
  return `conformance-${process.pid}-${Date.now()}-${lastKey}`;
}

export interface CallOptions {
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** Calls as the kernel does: parsed on the way in, mapped on failure, checked on the way out. */
export async function call<Name extends OperationName>(
  harness: PaymentsHarness,
  name: Name,
  ...[input, options = {}]: [z.input<Operations[Name]['input']>, CallOptions?]
): Promise<z.output<Operations[Name]['output']>> {
  const spec = payments.operations[name];
  const parsed = spec.input.parse(input);
  const context: Call = {
    signal: options.signal ?? AbortSignal.timeout(30_000),
    idempotencyKey: options.key ?? freshKey(),
  };
  const method = harness.adapter[name] as (input: unknown, call: Call) => Promise<unknown>;
  let output: unknown;
  try {
    output = await method(parsed, context);
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

/** Waits until `find` gives something: webhooks arrive when they arrive. */
export async function eventually<Value>(
  what: string,
  find: () => Promise<Value | undefined>,
): Promise<Value> {
  const until = Date.now() + 15_000;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    assert.ok(Date.now() < until, `${what}: did not come`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
