import assert from 'node:assert/strict';
import {
  type Call,
  type CapabilityOf,
  type ErrorCode,
  type Guarantee,
  isSocleError,
  type SocleError,
} from '@socle/kernel';
import type { z } from 'zod';
import { type EmailPort, email } from '../contract.ts';
import { bareAddress } from '../message.ts';

type Operations = (typeof email)['operations'];
export type OperationName = keyof Operations;

/** What the line to the vendor, or the vendor, does to the next send. `html-502`: an answer that is not of the protocol. */
export type NetworkFault = 'hang' | 'refused' | 'reset-after-body' | 'html-502' | 'rate-limited';

export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** One message, as it lies at the vendor. */
export interface Arrived {
  readonly from: Mailbox;
  readonly to: readonly Mailbox[];
  readonly cc: readonly Mailbox[];
  readonly bcc: readonly Mailbox[];
  readonly replyTo: readonly Mailbox[];
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
  /** Those that the sender added, or more. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly contentBase64: string;
  }[];
}

/** What an adapter declares: decides which cases apply. */
export interface EmailSuite {
  readonly name: string;
  readonly networked: boolean;
  readonly capabilities: readonly CapabilityOf<typeof email>[];
  /** Of `send`. */
  readonly guarantee: Guarantee;
  start(): Promise<EmailHarness>;
}

/** What the suite needs to know about an adapter's surroundings. */
export interface EmailHarness {
  readonly adapter: EmailPort;
  /** The configured sender, for messages without `from`. */
  readonly sender: string;
  toError(thrown: unknown): SocleError;
  /** Every message that the vendor took, oldest first, scheduled ones included. */
  arrived(): Promise<readonly Arrived[]>;
  /** Everything logged so far, as one text. */
  logged(): string;
  /** Values that must appear in no error and no log line. */
  readonly secrets: readonly string[];
  /** Networked adapters only: arms one fault. */
  fault?(fault: NetworkFault): Promise<{
    /** Resolves once the fault has struck. */
    struck(): Promise<void>;
    /** What the vendor says with `rate-limited`, where its protocol can say so. */
    readonly retryAfterMs?: number;
  }>;
  close(): Promise<void>;
}

/** One claim about an adapter, as a plain function: Vitest and the test of the suite both run it. */
export interface Case {
  readonly name: string;
  /** Absent: every adapter. */
  applies?(suite: EmailSuite): boolean;
  run(harness: EmailHarness, suite: EmailSuite): Promise<void>;
}

export type Input = z.input<(typeof email)['operations']['send']['input']>;

let lastNumber = 0;

/** A text that no other call uses. */
export function fresh(prefix: string): string {
  lastNumber += 1;
  return `${prefix}-${process.pid}-${Date.now()}-${lastNumber}`;
}

export interface CallOptions {
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** Calls as the kernel does: parsed on the way in, mapped on failure, checked on the way out. */
export async function call<Name extends OperationName>(
  harness: EmailHarness,
  name: Name,
  ...[input, options = {}]: [z.input<Operations[Name]['input']>, CallOptions?]
): Promise<z.output<Operations[Name]['output']>> {
  const spec = email.operations[name];
  const context: Call = {
    signal: options.signal ?? AbortSignal.timeout(30_000),
    idempotencyKey: options.key ?? fresh('conformance'),
  };
  const method = harness.adapter[name] as (input: unknown, call: Call) => Promise<unknown>;
  let output: unknown;
  try {
    output = await method(frozen(spec.input.parse(input)), context);
  } catch (thrown) {
    throw isSocleError(thrown) ? thrown : harness.toError(thrown);
  }
  return spec.output.parse(output) as z.output<Operations[Name]['output']>;
}

/** A valid message with a subject of its own. */
export function draft(change: Partial<Input> = {}): Input {
  return { to: ['ada@example.com'], subject: fresh('Subject'), text: 'Hello', ...change };
}

/** Sends, and gives back what lies at the vendor. */
export async function deliver(harness: EmailHarness, change: Partial<Input> = {}): Promise<Arrived> {
  const message = draft(change);
  await call(harness, 'send', message);
  return only(await found(harness, message.subject));
}

export async function found(harness: EmailHarness, subject: string): Promise<readonly Arrived[]> {
  return (await harness.arrived()).filter((one) => one.subject === subject);
}

export function only<Item>(items: readonly Item[]): Item {
  assert.equal(items.length, 1, `expected one message, found ${items.length}`);
  return items[0] as Item;
}

/** `Ada <ada@example.com>` taken apart; quotes around the name taken off. */
export function mailboxOf(text: string): Mailbox {
  const name = /^\s*(.*?)\s*<[^<>]*>\s*$/.exec(text)?.[1] ?? '';
  return { name: name.replace(/^"(.*)"$/, '$1').replaceAll('\\"', '"'), address: bareAddress(text) };
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

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
