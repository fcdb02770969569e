/** When a caller may try the same call again. */
export type Retry = 'never' | 'later' | 'reconcile';

/** The closed table of error codes: what a code means to whoever decides about retrying. */
export const ERROR_CODES = {
  // the caller's fault
  invalid_argument: 'never',
  not_found: 'never',
  conflict: 'never',
  precondition_failed: 'never',
  unauthenticated: 'never',
  permission_denied: 'never',
  // the operator's fault: our key or setting, or an adapter without that capability
  misconfigured: 'never',
  unsupported: 'never',
  // the vendor understood and refused (card, bounce): show the user
  declined: 'never',
  // limits: the vendor's (after `retryAfterMs`), or the plan's
  rate_limited: 'later',
  quota_exceeded: 'never',
  // transport
  unavailable: 'later',
  timeout: 'later',
  cancelled: 'never',
  // it may have happened: never repeat blindly
  outcome_unknown: 'reconcile',
  // a bug: theirs, ours
  vendor_contract: 'never',
  internal: 'never',
} as const satisfies Record<string, Retry>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Why the guard refused: the wall that the call would have hit. */
export interface QuotaDetails {
  readonly platform: string;
  readonly meter: string;
  readonly window: string;
  readonly limit: number;
  readonly used: number;
  /** ISO 8601; absent for a window that never resets. */
  readonly resetsAt?: string;
}

/** One thing wrong with an input or a setting, and what to do about it. */
export interface Fault {
  /** Dotted path, or the environment variable's name for a setting. */
  readonly field: string;
  readonly problem: string;
  readonly fix?: string;
}

export interface ErrorDetails {
  readonly port?: string;
  readonly platform?: string;
  readonly operation?: string;
  /** The vendor (or the guard) says: not before this. */
  readonly retryAfterMs?: number;
  /** Whether the vendor can have acted. Absent: see {@link mayHaveApplied}. */
  readonly applied?: 'no' | 'unknown';
  readonly quota?: QuotaDetails;
  /** ISO 8601. The call is stored, and executed by itself then (policy `defer`). */
  readonly deferredUntil?: string;
  readonly faults?: readonly Fault[];
  readonly vendor?: { readonly status?: number; readonly code?: string; readonly requestId?: string };
}

const MARK = Symbol.for('socle.error');

/** The only error that crosses a port. Message form: `<port>.<operation>: what · what to do`. */
export class SocleError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly [MARK] = true;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SocleError';
    this.code = code;
    this.details = details;
  }

  /** The same error, told where it happened. */
  with(more: ErrorDetails): SocleError {
    return new SocleError(this.code, this.message, { ...this.details, ...more }, this.cause);
  }

  toJSON(): { code: ErrorCode; message: string; details: ErrorDetails } {
    return { code: this.code, message: this.message, details: this.details };
  }
}

/** Recognises the error by its mark, so two copies of this package agree. */
export function isSocleError(value: unknown): value is SocleError {
  return typeof value === 'object' && value !== null && MARK in value;
}

const MAYBE_APPLIED: ReadonlySet<ErrorCode> = new Set([
  'unavailable',
  'timeout',
  'outcome_unknown',
  'vendor_contract',
  'internal',
  'cancelled',
]);

/** Whether the failed call can have had an effect at the vendor. */
export function mayHaveApplied(error: SocleError): boolean {
  return error.details.applied ? error.details.applied === 'unknown' : MAYBE_APPLIED.has(error.code);
}
