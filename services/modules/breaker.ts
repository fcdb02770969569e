import { type Breaker, type Clock, SocleError } from '@socle/kernel';
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';

const FAILURES = 5;
const PAUSE_MS = 10_000;

/** A platform that failed five times in a row is left alone for ten seconds, then tried with one call. */
export function createBreaker({ clock }: { clock: Clock }): Breaker {
  const circuits = new Map<string, Circuit>();

  function circuitOf(platform: string): Circuit {
    const known = circuits.get(platform);
    if (known) return known;
    const policy = circuitBreaker(handleAll, {
      halfOpenAfter: PAUSE_MS,
      breaker: new ConsecutiveBreaker(FAILURES),
    });
    const circuit: Circuit = { policy, under: [], closesAt: 0 };
    policy.onBreak(() => {
      circuit.closesAt = clock.now().getTime() + PAUSE_MS;
    });
    circuits.set(platform, circuit);
    return circuit;
  }

  return {
    enter(platform) {
      const circuit = circuitOf(platform);
      const { state } = circuit.policy;
      const waitMs = Math.max(0, circuit.closesAt - clock.now().getTime());
      // Half open: one call is out to see; the others do not queue up behind it.
      if (state === CircuitState.HalfOpen || (state === CircuitState.Open && waitMs > 0)) {
        throw new SocleError(
          'unavailable',
          `${platform} failed ${FAILURES} times in a row · it is tried again soon`,
          {
            platform,
            applied: 'no',
            retryAfterMs: Math.max(waitMs, 250),
          },
        );
      }
      // The kernel awaits the call itself, so the policy is handed a promise that `leave` settles.
      const call = Promise.withResolvers<void>();
      circuit.under.push(call);
      circuit.policy.execute(() => call.promise).catch(() => {});
    },
    leave(platform, outcome) {
      const call = circuitOf(platform).under.shift();
      if (outcome === 'good') call?.resolve();
      else call?.reject(new Error('bad'));
    },
  };
}

interface Circuit {
  readonly policy: ReturnType<typeof circuitBreaker>;
  /** Calls under way; which of them leaves does not matter to the count. */
  readonly under: PromiseWithResolvers<void>[];
  closesAt: number;
}
