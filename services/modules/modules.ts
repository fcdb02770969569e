import {
  type AnyPort,
  type Clock,
  type Effects,
  type Host,
  type Invocation,
  invoke,
  isSocleError,
  type Log,
  mayHaveApplied,
  type Pipeline,
  SocleError,
} from '@socle/kernel';
import type { Boot, ConfiguredPlatform } from '@socle/service-settings';
import { createBreaker } from './breaker.ts';
import type { Deferral } from './deferred.ts';
import { createInstances } from './instances.ts';
import { adapterFor, isSpent, type ModuleCall, type Plan, planCall, unsupported } from './request.ts';
import { withRetries } from './retry.ts';
import type { Routes } from './routes.ts';

export interface ModulesOptions {
  readonly boot: Boot;
  readonly pipeline: Omit<Pipeline, 'breaker'>;
  readonly hostFor: (platform: ConfiguredPlatform) => Host;
  readonly log: Log;
  readonly clock: Clock;
  /** Where calls wait for their window; without it the policy `defer` refuses as `fail` does. */
  readonly deferral?: Deferral;
  /** Needed by the policy `next`. */
  readonly routes?: Routes;
  /** Scrubs secrets that a vendor's answer may quote, before any error is seen or stored. */
  readonly scrub?: (error: SocleError) => SocleError;
  /** Wraps each call for tracing. */
  readonly span?: <T>(name: string, attributes: Record<string, string>, work: () => Promise<T>) => Promise<T>;
}

export interface Modules {
  /** One operation, through the whole pipeline. Throws SocleError and nothing else. */
  call(call: ModuleCall): Promise<unknown>;
  /** Takes new settings over without a restart. */
  update(boot: Boot): void;
  boot(): Boot;
  close(): Promise<void>;
}

const DEADLINE_MS = 30_000;
/** Bytes take as long as they take; values over time have no end. */
const DEADLINES = { json: DEADLINE_MS, binary: 600_000, stream: 2_147_483_647 } as const;

/** Nobody can come back with a key that was made for this one call: there is nothing to remember. */
const UNRECORDED: Effects = {
  begin: async () => ({ state: 'fresh' }),
  succeeded: async () => {},
  failed: async () => {},
  unknown: async () => {},
};

/** Ports as configured: chains, policy, retries, breaker; the kernel's pipeline around every single attempt. */
export function createModules(options: ModulesOptions): Modules {
  const { hostFor, log, clock, deferral, routes } = options;
  const scrub = options.scrub ?? ((error) => error);
  const span = options.span ?? ((_name, _attributes, work) => work());
  const pipeline: Pipeline = { ...options.pipeline, breaker: createBreaker({ clock }) };
  const unrecorded: Pipeline = { ...pipeline, effects: UNRECORDED };
  const instances = createInstances({ hostFor, log });
  let boot = options.boot;

  async function call(request: ModuleCall): Promise<unknown> {
    const plan = planCall(request, boot);
    try {
      return await span(
        `${plan.port.id}.${plan.operation}`,
        { 'socle.port': plan.port.id, 'socle.operation': plan.operation },
        () => alongChain(plan),
      );
    } catch (thrown) {
      const error = scrub(isSocleError(thrown) ? thrown : toSocleError(thrown, plan));
      if (plan.policy !== 'defer' || !deferral) throw error;
      throw await deferral.defer(plan, { via: request.via, error });
    }
  }

  /** `next`: the platforms of the chain in order; any other policy: the first that is ready. */
  async function alongChain(plan: Plan): Promise<unknown> {
    const deadline = clock.now().getTime() + deadlineOf(plan);
    const candidates = await candidatesOf(plan);
    const failures: SocleError[] = [];
    for (const [at, platform] of candidates.entries()) {
      try {
        return await withRetries(() => once(plan, { platform, deadline }), {
          spec: plan.spec,
          clock,
          deadline,
          signal: plan.signal,
          mayRepeat: () => !isSpent(plan),
          othersWait: at < candidates.length - 1,
        });
      } catch (thrown) {
        const error = isSocleError(thrown) ? thrown : toSocleError(thrown, plan);
        failures.push(error);
        if (at === candidates.length - 1 || !mayPassOn(error, plan)) throw error;
        log.info({ from: platform.platform.id, code: error.code, port: plan.port.id }, 'next in the chain');
        const next = candidates[at + 1];
        if (next && plan.spec.effect === 'write') await routes?.goOn(plan.idempotencyKey, next.platform.id);
      }
    }
    throw failures.at(-1) ?? new SocleError('misconfigured', `no platform is ready for ${plan.port.id}`);
  }

  async function candidatesOf(plan: Plan): Promise<readonly ConfiguredPlatform[]> {
    if (plan.policy !== 'next') return plan.candidates.slice(0, 1);
    if (plan.candidates.length === 1 || plan.spec.effect === 'read' || !plan.repeatable)
      return plan.candidates;
    const begunAt = await routes?.at(plan.idempotencyKey);
    const from = plan.candidates.findIndex(({ platform }) => platform.id === begunAt);
    return plan.candidates.slice(Math.max(0, from));
  }

  async function once(plan: Plan, at: { platform: ConfiguredPlatform; deadline: number }): Promise<unknown> {
    const { platform } = at.platform;
    // as it is set by now: a pause may have outlasted its settings
    const configured = boot.platforms.get(platform.id) ?? at.platform;
    const adapter = adapterFor(plan, configured);
    return instances.use({ platform: configured, port: plan.port.id }, (instance) => {
      const run = bound(plan, { instance, platform: platform.id });
      const invocation: Invocation = {
        port: plan.port.id,
        operation: plan.operation,
        platform: platform.id,
        spec: plan.spec,
        input: plan.input,
        guarantee: adapter.guarantees[plan.operation] ?? 'none',
        ...(adapter.nativeKeyHours === undefined ? {} : { nativeKeyHours: adapter.nativeKeyHours }),
        idempotencyKey: plan.idempotencyKey,
        signal: plan.signal,
        deadlineMs: Math.max(1, at.deadline - clock.now().getTime()),
        run,
        toError: (thrown) => platform.toError(thrown),
      };
      return invoke(invocation, plan.repeatable ? pipeline : unrecorded);
    });
  }

  return {
    call,
    boot: () => boot,
    update(next) {
      boot = next;
      instances.update(next.platforms);
    },
    close: () => instances.close(),
  };
}

function bound(
  plan: Plan,
  { instance, platform }: { instance: AnyPort; platform: string },
): Invocation['run'] {
  const run = instance[plan.operation];
  if (typeof run !== 'function') throw unsupported(plan, platform);
  return (input, call) => run.call(instance, input, call);
}

/** Never after an effect that may have happened: the next platform would double it. */
function mayPassOn(error: SocleError, plan: Plan): boolean {
  const { spec } = plan;
  if (isSpent(plan)) return false;
  switch (error.code) {
    case 'quota_exceeded':
    case 'rate_limited':
    case 'unsupported':
      return true;
    case 'unavailable':
      return spec.effect === 'read' || !mayHaveApplied(error);
    default:
      return false;
  }
}

function deadlineOf({ spec }: Plan): number {
  return DEADLINES[spec.transport ?? 'json'];
}

function toSocleError(thrown: unknown, { port, operation, signal }: Plan): SocleError {
  const where = { port: port.id, operation };
  if (signal.aborted) return new SocleError('cancelled', 'cancelled by the caller', where, thrown);
  return new SocleError('internal', `${port.id}.${operation} failed`, where, thrown);
}
