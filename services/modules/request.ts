import { Readable } from 'node:stream';
import { type AnyAdapter, type Fault, type Operation, type Port, SocleError } from '@socle/kernel';
import type { Boot, ConfiguredPlatform, Policy } from '@socle/service-settings';

export interface ModuleCall {
  readonly port: string;
  readonly operation: string;
  readonly input: unknown;
  /** The same call again, not another one: stable over retries and crashes. Absent: a fresh one. */
  readonly idempotencyKey?: string;
  /** This platform and no other. */
  readonly via?: string;
  readonly signal?: AbortSignal;
  /** Instead of the module's own policy. */
  readonly policy?: Policy;
}

/** A call whose input was read and whose candidates are known. */
export interface Plan {
  readonly port: Port;
  readonly spec: Operation;
  readonly operation: string;
  readonly input: unknown;
  readonly idempotencyKey: string;
  /** The caller gave the key: the same call may have been begun before. */
  readonly repeatable: boolean;
  readonly candidates: readonly ConfiguredPlatform[];
  readonly policy: Policy;
  readonly signal: AbortSignal;
}

export function planCall(call: ModuleCall, boot: Boot): Plan {
  const { operation, via } = call;
  const name = `${call.port}.${operation}`;
  const chain = boot.chains.get(call.port);
  if (!chain)
    throw refused('not_found', `no module "${call.port}" · there is ${[...boot.chains.keys()].join(', ')}`);
  const operations = chain.port.operations;
  const spec = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (!spec)
    throw refused('not_found', `no operation "${name}" · there is ${Object.keys(operations).join(', ')}`);

  const parsed = spec.input.safeParse(call.input);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(toFault);
    throw new SocleError('invalid_argument', `${name}: ${faults.map(said).join('; ')}`, {
      port: call.port,
      operation,
      applied: 'no',
      faults,
    });
  }
  return {
    port: chain.port,
    spec,
    operation,
    input: parsed.data,
    idempotencyKey: call.idempotencyKey ?? crypto.randomUUID(),
    repeatable: call.idempotencyKey !== undefined,
    candidates: via ? [only(via, call.port, boot)] : ready(chain.platforms, call.port, boot),
    policy: call.policy ?? chain.policy,
    signal: call.signal ?? new AbortController().signal,
  };
}

// Node takes web streams too; its types (24.19.2) know of its own alone
const wasRead = Readable.isDisturbed as unknown as (stream: ReadableStream) => boolean;

/** A stream can be read once: a second try would store what is left of it, which is nothing. */
export function isSpent({ input }: Plan): boolean {
  const values = typeof input === 'object' && input !== null ? Object.values(input) : [];
  return values.some((one) => one instanceof ReadableStream && wasRead(one));
}

/** The platform's adapter for the operation, or `unsupported`. */
export function adapterFor(plan: Plan, { platform }: ConfiguredPlatform): AnyAdapter<never> {
  const adapter = platform.adapters.find((one) => one.port.id === plan.port.id);
  const { needs } = plan.spec;
  if (adapter && (needs === undefined || adapter.capabilities.includes(needs))) return adapter;
  throw unsupported(plan, platform.id);
}

export function unsupported(plan: Plan, platform: string): SocleError {
  const { needs } = plan.spec;
  return new SocleError(
    'unsupported',
    `${plan.port.id}.${plan.operation}: ${platform} cannot do this${needs ? ` (${needs})` : ''} · choose another platform`,
    { port: plan.port.id, operation: plan.operation, platform, applied: 'no' },
  );
}

function only(id: string, port: string, boot: Boot): ConfiguredPlatform {
  const found = boot.platforms.get(id);
  const able = [...boot.platforms.values()].filter((one) => serves(one, port));
  if (!found || !serves(found, port))
    throw refused(
      'invalid_argument',
      `"${id}" has no ${port} adapter · there is ${able.map((one) => one.platform.id).join(', ')}`,
    );
  if (found.result.state === 'ready') return found;
  throw notReady(found);
}

function ready(chain: readonly string[], port: string, boot: Boot): readonly ConfiguredPlatform[] {
  const members = chain.flatMap((id) => boot.platforms.get(id) ?? []);
  const able = members.filter((one) => one.result.state === 'ready' && serves(one, port));
  if (able.length > 0) return able;
  const first = members[0];
  throw first ? notReady(first) : refused('misconfigured', `no platform is ready for ${port}`);
}

function notReady({ platform, result }: ConfiguredPlatform): SocleError {
  const faults: readonly Fault[] =
    result.state === 'faulty'
      ? result.faults
      : result.state === 'absent'
        ? result.missing.map((field) => ({ field, problem: 'is not set' }))
        : [];
  return new SocleError(
    'misconfigured',
    `${platform.id} is not ready: ${faults.map(said).join('; ')} · run socle doctor, or open its settings in the console`,
    { platform: platform.id, applied: 'no', faults },
  );
}

function serves({ platform }: ConfiguredPlatform, port: string): boolean {
  return platform.adapters.some((one) => one.port.id === port);
}

function refused(code: 'not_found' | 'invalid_argument' | 'misconfigured', message: string): SocleError {
  return new SocleError(code, message, { applied: 'no' });
}

function toFault(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): Fault {
  return { field: issue.path.map(String).join('.'), problem: issue.message };
}

function said({ field, problem }: Fault): string {
  return field ? `${field} ${problem}` : problem;
}
