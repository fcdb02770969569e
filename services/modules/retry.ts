import { type Clock, isSocleError, mayHaveApplied, type Operation, type SocleError } from '@socle/kernel';
import {
  DelegateBackoff,
  decorrelatedJitterGenerator,
  handleWhen,
  type IExponentialBackoffOptions,
  type IRetryBackoffContext,
  retry,
} from 'cockatiel';

const RETRIES = 3;
/** A window that turns within a second is a pace to keep, not a quota that is used up. */
const PACE_MS = 1000;
/** Whoever waits on the other side of the call is better told than kept. */
const LONGEST_PAUSE_MS = 5000;
const JITTER: IExponentialBackoffOptions<[number, number]> = {
  initialDelay: 100,
  maxDelay: LONGEST_PAUSE_MS,
  exponent: 2,
  generator: decorrelatedJitterGenerator,
};

export interface RetryOptions {
  readonly spec: Operation;
  readonly clock: Clock;
  /** Milliseconds since the epoch after which nothing is begun. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** False: its input was used up. */
  mayRepeat(): boolean;
  /** Another platform could do it at once: only the shortest pauses are worth it. */
  readonly othersWait: boolean;
}

/** Tries again what may be tried again, never beyond the deadline. */
export function withRetries<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { clock, deadline, signal, spec, othersWait, mayRepeat } = options;
  const longest = othersWait ? PACE_MS : LONGEST_PAUSE_MS;
  const left = (): number => deadline - clock.now().getTime();
  const policy = retry(
    handleWhen((error) => {
      const delay = isSocleError(error) ? pauseOf(error, { spec, clock }) : undefined;
      return delay !== undefined && delay <= longest && delay < left() && mayRepeat();
    }),
    {
      maxAttempts: RETRIES,
      backoff: new DelegateBackoff<IRetryBackoffContext<unknown>, [number, number]>((context, state) => {
        const [jitter, next] = decorrelatedJitterGenerator(state, JITTER);
        const error = 'error' in context.result ? context.result.error : undefined;
        const asked = isSocleError(error) ? (pauseOf(error, { spec, clock }) ?? 0) : 0;
        return { delay: Math.min(asked + jitter, Math.max(0, left())), state: next };
      }),
    },
  );
  return untilAborted(policy.execute(work, signal), signal);
}

/** How long to wait before the same call may leave again; undefined when it may not. */
function pauseOf(
  error: SocleError,
  { spec, clock }: Pick<RetryOptions, 'spec' | 'clock'>,
): number | undefined {
  const { retryAfterMs, quota } = error.details;
  switch (error.code) {
    case 'unavailable':
    case 'timeout':
      // `outcome_unknown` is what the kernel makes of it when repeating could double the effect.
      return retryAfterMs ?? 0;
    case 'rate_limited':
      return retryAfterMs ?? 0;
    case 'conflict':
      // another process is at this very call: its result is ours
      return spec.effect === 'write' && retryAfterMs !== undefined && !mayHaveApplied(error)
        ? retryAfterMs
        : undefined;
    case 'quota_exceeded': {
      const pause = quota?.resetsAt ? Date.parse(quota.resetsAt) - clock.now().getTime() : undefined;
      return pause !== undefined && pause <= PACE_MS ? Math.max(0, pause) : undefined;
    }
    default:
      return undefined;
  }
}

/** A pause must not hold a caller who has gone. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
