import {
  type AuditAdapters,
  type CallRecord,
  type Effects,
  type Fake,
  isSocleError,
  type Platform,
  type Port,
  SocleError,
  systemClock,
  type Text,
} from '@socle/kernel';
import { createEgress } from '@socle/service-egress';
import { createModules, type Modules } from '@socle/service-modules';
import { readBoot } from '@socle/service-settings';
import type { App } from './app.ts';

export interface CheckResult {
  readonly id: string;
  readonly title: Text;
  readonly state: 'passed' | 'failed';
  readonly durationMs: number;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface PlatformAudit {
  readonly platform: string;
  readonly title: string;
  readonly against: 'fake' | 'live' | 'own machine';
  readonly checks: readonly CheckResult[];
  /** Why nothing was checked: never the same as passed. */
  readonly notRun?: string;
}

const CHECK_MS = 60_000;

/** Checks one platform's declared capabilities: live, or against its fake, which touches no real quota. */
export async function auditPlatform(
  app: App,
  { platform, fake, live }: { platform: Platform; fake: Fake | undefined; live: boolean },
): Promise<PlatformAudit> {
  const against = fake ? 'fake' : live ? 'live' : 'own machine';
  const base = { platform: platform.id, title: platform.title, against } as const;
  const audit = await platform.loadAudit?.();
  if (!audit) return { ...base, checks: [], notRun: 'it declares no checks' };
  const bench = fake ? onFake(app, platform, fake) : onApp(app, platform);
  if ('notRun' in bench) return { ...base, checks: [], notRun: bench.notRun };
  const checks: CheckResult[] = [];
  try {
    const adapters = adaptersOf(platform.id, bench.modules);
    for (const { id, title, run } of audit.checks) {
      const from = performance.now();
      const error = await run(bench.settings as never, adapters).then(
        () => undefined,
        (thrown: unknown) => (isSocleError(thrown) ? thrown : new SocleError('internal', String(thrown))),
      );
      const durationMs = Math.round(performance.now() - from);
      checks.push({
        id,
        title,
        durationMs,
        state: error ? 'failed' : 'passed',
        ...(error ? { error: { code: error.code, message: error.message } } : {}),
      });
    }
  } finally {
    await bench.close();
  }
  if (!fake && checks.every((one) => one.state === 'passed'))
    for (const { port } of platform.adapters)
      await app.facts.saw(`platform:${platform.id}`, `audited:${port.id}`);
  return { ...base, checks };
}

type Bench =
  | { readonly notRun: string }
  | { readonly modules: Modules; readonly settings: unknown; close(): Promise<void> };

function onApp(app: App, platform: Platform): Bench {
  const result = app.boot().platforms.get(platform.id)?.result;
  if (result?.state === 'ready')
    return { modules: app.modules, settings: result.value, close: async () => {} };
  if (result?.state === 'faulty')
    return { notRun: result.faults.map(({ field, problem }) => `${field} ${problem}`).join('; ') };
  return { notRun: `${result?.missing.join(', ') ?? platform.id} not set` };
}

/** The same pipeline with a guard and an effects store of its own, in memory. */
function onFake(app: App, platform: Platform, fake: Fake): Bench {
  const boot = readBoot({ env: fake.env, platforms: [platform] });
  const result = boot.platforms.get(platform.id)?.result;
  if (result?.state !== 'ready')
    return {
      notRun: `its fake's settings are not accepted: ${boot.faults.map((one) => one.field).join(', ')}`,
    };
  const { log } = app.telemetry;
  const hosts = platform.hosts(result.value);
  for (const host of hosts) app.grant(`http://${host}`);
  const egress = createEgress({ log, declared: () => hosts });
  const host = {
    ...app.hostFor(platform.id),
    fetch: egress.fetchFor(platform.id),
    connect: egress.connectFor(platform.id),
  };
  const modules = createModules({
    boot,
    pipeline: {
      guard: { reserve: async () => ({ settle: async () => {}, release: async () => {} }) },
      effects: effectsInMemory(),
      clock: systemClock,
      observe: (_record: CallRecord) => {},
    },
    hostFor: () => host,
    log,
    clock: systemClock,
  });
  return {
    modules,
    settings: result.value,
    async close() {
      await modules.close();
      await egress.close();
    },
  };
}

function adaptersOf(via: string, modules: Modules): AuditAdapters {
  return <P extends Port>(port: P) =>
    Object.fromEntries(
      Object.keys(port.operations).map((operation) => [
        operation,
        (input: unknown, call?: { signal?: AbortSignal; idempotencyKey?: string }) =>
          modules.call({
            port: port.id,
            operation,
            input,
            via,
            signal: AbortSignal.any([AbortSignal.timeout(CHECK_MS), ...(call?.signal ? [call.signal] : [])]),
            ...(call?.idempotencyKey ? { idempotencyKey: call.idempotencyKey } : {}),
          }),
      ]),
    ) as never;
}

function effectsInMemory(): Effects {
  const done = new Map<string, unknown>();
  return {
    begin: async ({ idempotencyKey: key }) =>
      done.has(key) ? { state: 'done', result: done.get(key) } : { state: 'fresh' },
    succeeded: async (key, result) => void done.set(key, result),
    failed: async () => {},
    unknown: async () => {},
  };
}
