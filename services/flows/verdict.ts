import { ERROR_CODES, type ErrorCode, isSocleError, SocleError } from '@socle/kernel';
import { z } from 'zod';

export interface Retrying {
  /** After so many tries of one step its run has failed. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** About two hours of patience: an outage of a vendor should not need a person. */
export const RETRYING: Retrying = { attempts: 20, firstDelayMs: 1_000, maxDelayMs: 600_000 };

/** A window that turns within a minute is a pace to keep, whatever the policy says of a quota used up. */
const PACE_MS = 60_000;

/** What becomes of a run whose step threw. */
export type Verdict =
  | { readonly to: 'waiting'; readonly afterMs: number; readonly counts: boolean }
  | { readonly to: 'deferred'; readonly afterMs: number; readonly counts: boolean }
  | { readonly to: 'parked' }
  | { readonly to: 'failed' };

export interface Trial {
  /** This try of the step, from 1. */
  readonly attempt: number;
  readonly retrying: Retrying;
  readonly now: Date;
  /** From 0 to 1. */
  readonly random: number;
}

export function judge(error: SocleError, { attempt, retrying, now, random }: Trial): Verdict {
  const { retryAfterMs, deferredUntil } = error.details;
  if (ERROR_CODES[error.code] === 'reconcile') return { to: 'parked' };
  // the module keeps the call and executes it then, under the same key: the run asks for its result
  if (deferredUntil !== undefined) {
    return { to: 'deferred', afterMs: Math.max(0, Date.parse(deferredUntil) - now.getTime()), counts: false };
  }
  // the same call is under way elsewhere: not a try of ours
  if (error.code === 'conflict' && retryAfterMs !== undefined) {
    return { to: 'waiting', afterMs: retryAfterMs, counts: false };
  }
  if (error.code === 'quota_exceeded' && retryAfterMs !== undefined && retryAfterMs <= PACE_MS) {
    return { to: 'waiting', afterMs: retryAfterMs * (1 + random), counts: false };
  }
  if (ERROR_CODES[error.code] !== 'later' || attempt >= retrying.attempts) return { to: 'failed' };
  const backOff = Math.min(retrying.maxDelayMs, retrying.firstDelayMs * 2 ** (attempt - 1));
  return { to: 'waiting', afterMs: Math.max(retryAfterMs ?? 0, backOff * (0.5 + random / 2)), counts: true };
}

/** SQLSTATE classes of statements that lost a race and may win the next. */
const LOST_RACE = /^(40...|55P03)$/;

/** Every thrown value as one error of the table: what is not ours is a bug of the step. */
export function toStepError(thrown: unknown): SocleError {
  if (isSocleError(thrown)) return thrown;
  if (thrown instanceof z.ZodError)
    return new SocleError('internal', z.prettifyError(thrown), { applied: 'no' }, thrown);
  if (!(thrown instanceof Error)) return new SocleError('internal', String(thrown), {}, thrown);
  const lost = 'code' in thrown && LOST_RACE.test(String(thrown.code));
  return new SocleError(lost ? 'unavailable' : 'internal', thrown.message, { applied: 'no' }, thrown);
}

/** An error as runs and steps store it. */
export interface StoredError {
  readonly code: ErrorCode;
  readonly message: string;
}

export function toStored({ code, message }: SocleError): StoredError {
  return { code, message: message.replaceAll('\0', '') };
}
