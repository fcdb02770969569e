import type { Call, Clock } from './call.ts';
import { type ErrorDetails, isSocleError, mayHaveApplied, SocleError } from './error.ts';
import type { Guarantee } from './platform.ts';
import type { Operation } from './port.ts';

/** One port call, ready to go to one adapter. */
export interface Invocation {
  readonly port: string;
  readonly operation: string;
  readonly platform: string;
  readonly spec: Operation;
  /** Already parsed by the operation's input schema. */
  readonly input: unknown;
  readonly guarantee: Guarantee;
  readonly nativeKeyHours?: number;
  readonly idempotencyKey: string;
  /** The caller's own wish to stop. */
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  run(input: unknown, call: Call): Promise<unknown>;
  toError(thrown: unknown): SocleError;
}

/** Units held for a call that is about to leave. Exactly one of the two is called, once; neither rejects. */
export interface Reservation {
  /** Absent: the worst case that was reserved is the truth. */
  settle(actual?: Readonly<Record<string, number>>): Promise<void>;
  /** The vendor counted nothing. Meters that count refusals keep their units. */
  release(): Promise<void>;
}

export interface Guard {
  /** Throws `quota_exceeded` and holds nothing when any window is full. */
  reserve(call: Pick<Invocation, 'platform' | 'port' | 'operation' | 'input'>): Promise<Reservation>;
}

/** Remembers which effects were begun, so that none is repeated blindly. */
export interface Effects {
  /**
   * `done` gives back the first result. Throws `conflict` (retryAfterMs) while another process is at it,
   * `outcome_unknown` when it was begun and nobody knows how it ended.
   */
  begin(
    call: Pick<
      Invocation,
      'platform' | 'port' | 'operation' | 'guarantee' | 'nativeKeyHours' | 'idempotencyKey' | 'deadlineMs'
    >,
  ): Promise<{ readonly state: 'fresh' } | { readonly state: 'done'; readonly result: unknown }>;
  succeeded(key: string, result: unknown): Promise<void>;
  /** Definitely without effect: may be begun again. */
  failed(key: string): Promise<void>;
  unknown(key: string): Promise<void>;
}

export interface Breaker {
  /** Throws `unavailable` (retryAfterMs) while open. */
  enter(platform: string): void;
  leave(platform: string, outcome: 'good' | 'bad'): void;
}

/** What telemetry is told about every call. Never holds input or output. */
export interface CallRecord {
  readonly port: string;
  readonly operation: string;
  readonly platform: string;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly error?: SocleError;
}

export interface Pipeline {
  readonly guard: Guard;
  readonly effects: Effects;
  readonly breaker: Breaker;
  readonly clock: Clock;
  observe(record: CallRecord): void;
}

/**
 * The one place where a port call is awaited: idempotency → reserve → breaker → deadline → adapter →
 * error mapping → settle or release → telemetry. Retries and fail-over compose around it.
 */
export async function invoke(invocation: Invocation, pipeline: Pipeline): Promise<unknown> {
  const startedAt = pipeline.clock.now();
  const from = performance.now();
  const tell = (error?: SocleError): void =>
    pipeline.observe({
      port: invocation.port,
      operation: invocation.operation,
      platform: invocation.platform,
      startedAt,
      durationMs: performance.now() - from,
      ...(error ? { error } : {}),
    });
  try {
    const result = await remember(invocation, pipeline);
    tell();
    return result;
  } catch (thrown) {
    const error = located(thrown, invocation);
    tell(error);
    throw error;
  }
}

/** Reads have no effect worth remembering. */
async function remember(invocation: Invocation, pipeline: Pipeline): Promise<unknown> {
  if (invocation.signal.aborted)
    throw new SocleError('cancelled', 'cancelled before it started', { applied: 'no' });
  if (invocation.spec.effect === 'read') return guarded(invocation, pipeline);
  const { effects } = pipeline;
  const begun = await effects.begin(invocation);
  if (begun.state === 'done') return begun.result;
  const key = invocation.idempotencyKey;
  let result: unknown;
  try {
    result = await guarded(invocation, pipeline);
  } catch (thrown) {
    const error = located(thrown, invocation);
    // A native key forgotten here could be begun again after the vendor forgot it too.
    await (mayHaveApplied(error) ? effects.unknown(key) : effects.failed(key)).catch(inDoubt(invocation));
    throw error;
  }
  // Outside the try: when only this record fails, the effect stays begun, never "failed".
  await effects.succeeded(key, result).catch(inDoubt(invocation));
  return result;
}

/** The vendor was asked and our record of it failed: whoever repeats the call under another key would double it. */
function inDoubt({ port, operation, platform }: Invocation): (thrown: unknown) => never {
  return (thrown) => {
    throw new SocleError(
      'outcome_unknown',
      `${port}.${operation}: how it ended could not be recorded · look at ${platform} before repeating it`,
      { applied: 'unknown' },
      thrown,
    );
  };
}

async function guarded(invocation: Invocation, pipeline: Pipeline): Promise<unknown> {
  const { platform } = invocation;
  const reservation = await pipeline.guard.reserve(invocation).catch((thrown: unknown) => {
    throw notLeft(thrown, invocation);
  });
  try {
    if (invocation.signal.aborted) throw new SocleError('cancelled', 'cancelled before it left');
    pipeline.breaker.enter(platform);
  } catch (thrown) {
    await reservation.release();
    throw notLeft(thrown, invocation);
  }
  let actual: Readonly<Record<string, number>> | undefined;
  let output: unknown;
  try {
    output = await limited(invocation, (units) => {
      actual = units;
    });
  } catch (thrown) {
    const error = located(thrown, invocation);
    pipeline.breaker.leave(platform, isVendorTrouble(error) ? 'bad' : 'good');
    await (mayHaveApplied(error) ? reservation.settle(actual) : reservation.release());
    throw error;
  }
  pipeline.breaker.leave(platform, 'good');
  await reservation.settle(actual);
  return output;
}

/** Our own signals are consulted before the SDK's error: many SDKs report an abort as a lost connection. */
async function limited(invocation: Invocation, usage: NonNullable<Call['usage']>): Promise<unknown> {
  const deadline = AbortSignal.timeout(invocation.deadlineMs);
  const signal = AbortSignal.any([invocation.signal, deadline]);
  const call: Call = { signal, idempotencyKey: invocation.idempotencyKey, usage };
  try {
    const output = await untilAborted(invocation.run(invocation.input, call), signal);
    return checkOutput(invocation, output);
  } catch (thrown) {
    throw classify(thrown, invocation, deadline);
  }
}

/** An adapter that ignores its signal must not hold the caller. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function checkOutput({ spec, port, operation }: Invocation, output: unknown): unknown {
  const checked = spec.output.safeParse(output);
  if (checked.success) return checked.data;
  const where = checked.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new SocleError(
    'vendor_contract',
    `${port}.${operation}: unexpected answer at ${where}`,
    {},
    checked.error,
  );
}

function classify(thrown: unknown, invocation: Invocation, deadline: AbortSignal): SocleError {
  const { guarantee, spec } = invocation;
  const repeatable = spec.effect === 'read' || guarantee !== 'none';
  const mapped = isSocleError(thrown) ? thrown : invocation.toError(thrown);
  let error = mapped;
  if (invocation.signal.aborted) error = new SocleError('cancelled', 'cancelled by the caller', {}, thrown);
  else if (deadline.aborted)
    error = new SocleError('timeout', `no answer within ${invocation.deadlineMs} ms`, {}, thrown);
  if (repeatable || !mayHaveApplied(error)) return error;
  return new SocleError(
    'outcome_unknown',
    `${invocation.port}.${invocation.operation}: it may have happened (${error.message}) · look at ${invocation.platform} before repeating it`,
    { ...error.details, applied: 'unknown' },
    error,
  );
}

/** An outcome can also be unknown because our caller went away: that says nothing of the vendor. */
function isVendorTrouble({ code, cause }: SocleError): boolean {
  const told = code === 'outcome_unknown' && isSocleError(cause) ? cause.code : code;
  return ['unavailable', 'timeout', 'vendor_contract', 'outcome_unknown'].includes(told);
}

/** Stopped on our side of the line: the vendor cannot have acted. */
function notLeft(thrown: unknown, invocation: Invocation): SocleError {
  return located(thrown, invocation).with({ applied: 'no' });
}

function located(thrown: unknown, { port, platform, operation, toError }: Invocation): SocleError {
  const error = isSocleError(thrown) ? thrown : toError(thrown);
  const where: ErrorDetails = { port, platform, operation };
  return error.details.operation === operation ? error : error.with({ ...where, ...error.details });
}
