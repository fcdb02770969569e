import { hkdfSync } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Host, isLoopback, isSocleError, type Platform, SocleError } from '@socle/kernel';
import { type Database, openDatabase, type Process, startProcess } from '@socle/service-database';
import { guardProcess } from '@socle/service-egress';
import type { QuotaRow } from '@socle/service-ledger';
import { readBoot, secretValues, type Values } from '@socle/service-settings';
import { createTelemetry, type LogOptions, type Telemetry } from '@socle/service-telemetry';
import { createVault, readMasterKey, type Vault } from '@socle/service-vault';
import { readConfiguration, type UsableBoot } from './configuration.ts';
import { createGrants } from './grants.ts';
import type { Addresses } from './hosts.ts';
import { inTurn } from './in-turn.ts';
import { migrateAll } from './migrations.ts';
import { loadPlatforms } from './registry.ts';
import { createServices, type Services } from './services.ts';
import { VERSION } from './version.ts';

export type Role = 'start' | 'server' | 'worker' | 'command';

export interface AppOptions {
  readonly env: Values;
  readonly role: Role;
  readonly stream?: LogOptions['stream'];
  /** Between the opened database and everything else: takes the home, opens the port. */
  readonly prepare?: (opened: { database: Database; boot: UsableBoot }) => Promise<{ port: number }>;
}

/** Everything of one process, composed. */
export interface App extends Services {
  readonly version: string;
  readonly startedAt: Date;
  readonly env: Values;
  readonly platforms: readonly Platform[];
  readonly addresses: Addresses;
  readonly database: Database;
  readonly telemetry: Telemetry;
  readonly vault: Vault;
  /** Undefined for a command, which is not worth announcing. */
  readonly process: Process | undefined;
  boot(): UsableBoot;
  platform(id: string): Platform | undefined;
  hostFor(platform: string): Host;
  /** Reads the vault again and takes its settings over. */
  reload(): Promise<void>;
  /** The platform's cheapest authenticated read. Throws SocleError. */
  verify(platform: string): Promise<void>;
  toError(platform: string, thrown: unknown): SocleError;
  quotas(): Promise<readonly QuotaRow[]>;
  /** Needed for console and operations when the server has a public address; undefined when it has none. */
  readonly consoleKey: string | undefined;
  /** Lets this process reach a destination that belongs to no platform. */
  grant(url: string): void;
  close(): Promise<void>;
}

const VERIFY_MS = 10_000;

/** Opens everything in order; what was opened is closed again when a later part fails. */
export async function openApp(options: AppOptions): Promise<App> {
  const { env, role, prepare } = options;
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    return await compose();
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }

  async function compose(): Promise<App> {
    const platforms = await loadPlatforms();
    let boot = readConfiguration(env, platforms);
    const home = resolve(boot.core.home);
    const telemetry = await openTelemetry({ boot, home, options });
    closers.push(telemetry.close);
    const { log, redactor } = telemetry;

    const database = await openDatabase({ home, databaseUrl: boot.core.databaseUrl, log });
    closers.push(database.close);
    redactor.update(secretValues(platforms, { DATABASE_URL: database.url }));
    const port = (await prepare?.({ database, boot }))?.port ?? boot.core.port;
    await migrateAll(database);

    const masterKey = await readMasterKey({ home, given: boot.core.masterKey });
    const consoleKey = keyOfConsole(masterKey);
    redactor.update([masterKey, consoleKey]);
    const vault = await createVault({ database, masterKey });
    const read = async (): Promise<UsableBoot> => {
      const next = readBoot({ env, vault: await vault.all(), platforms }) as UsableBoot;
      redactor.update(next.secrets);
      for (const { field, problem } of next.faults) log.warn({ setting: field }, `${field} ${problem}`);
      return next;
    };
    boot = await read();

    const self = await announce();
    const selfBaseUrl = `http://127.0.0.1:${port}`;
    const addresses = { publicBaseUrl: boot.core.publicBaseUrl ?? `http://localhost:${port}`, selfBaseUrl };
    const services = createServices({
      boot: () => boot,
      database,
      telemetry,
      addresses,
      processId: self?.id ?? `command-${process.pid}`,
    });
    closers.push(services.close);

    const grants = createGrants(boot.core, env);
    for (const url of [database.url, selfBaseUrl, `http://localhost:${port}`]) grants.add(url);
    const allow = (host: string, to: number): boolean =>
      grants.allows(host, to) || services.egress.allows(host, to);
    const release = guardProcess({ allow, log });
    closers.push(async () => release());

    const reload = inTurn(async () => {
      boot = await read();
      services.modules.update(boot);
    });
    if (role !== 'command') {
      const again = (): void =>
        void reload().catch((error: unknown) =>
          log.error({ err: error }, 'new settings were not taken over'),
        );
      closers.push(await database.listen('socle_settings', again, again));
    }

    const toError = (id: string, thrown: unknown): SocleError =>
      isSocleError(thrown)
        ? thrown
        : (boot.platforms.get(id)?.platform.toError(thrown) ?? new SocleError('internal', String(thrown)));

    return {
      ...services,
      version: VERSION,
      startedAt: new Date(),
      env,
      platforms,
      addresses,
      database,
      telemetry,
      vault,
      process: self,
      boot: () => boot,
      platform: (id) => boot.platforms.get(id)?.platform,
      reload,
      toError,
      async verify(id) {
        const found = boot.platforms.get(id);
        if (found?.result.state !== 'ready') throw notReady(id, found?.result);
        const { value } = found.result;
        const reservation = await services.ledger.reserve({
          platform: id,
          port: 'platform',
          operation: 'verify',
          input: {},
        });
        try {
          await found.platform.verify(value, services.hostFor(id), AbortSignal.timeout(VERIFY_MS));
        } catch (thrown) {
          throw toError(id, thrown);
        } finally {
          await reservation.settle();
        }
        await services.facts.saw(`platform:${id}`, 'verified');
      },
      grant: grants.add,
      consoleKey: isLoopback(new URL(addresses.publicBaseUrl).hostname) ? undefined : consoleKey,
      quotas: () =>
        services.ledger.quotas(
          [...boot.platforms.values()].flatMap(({ platform, result }) =>
            result.state === 'ready' ? platform.id : [],
          ),
        ),
      close,
    };

    async function announce(): Promise<Process | undefined> {
      if (role === 'command') return undefined;
      const process = await startProcess({ database, role });
      closers.push(process.stop);
      return process;
    }
  }
}

async function openTelemetry({
  boot,
  home,
  options: { role, stream },
}: {
  boot: UsableBoot;
  home: string;
  options: AppOptions;
}): Promise<Telemetry> {
  const dir = join(home, 'logs');
  const { logLevel } = boot.core;
  const isCommand = role === 'command';
  if (!isCommand) {
    // The account that PostgreSQL runs under must be able to walk through when root starts us.
    await mkdir(home, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    await mkdir(dir, { recursive: true, mode: 0o700 });
  }
  return createTelemetry({
    level: isCommand && logLevel === 'info' ? 'warn' : logLevel,
    secrets: boot.secrets,
    ...(stream ? { stream } : {}),
    ...(isCommand ? {} : { dir }),
  });
}

/** The same in every process of an installation, and another once its master key is another. */
function keyOfConsole(masterKey: string): string {
  return Buffer.from(hkdfSync('sha256', masterKey, '', 'socle console', 32)).toString('base64url');
}

function notReady(id: string, result: { readonly state: string } | undefined): SocleError {
  const why = result ? `is ${result.state}` : 'is not known';
  return new SocleError('misconfigured', `${id} ${why} · run socle doctor`, { platform: id, applied: 'no' });
}
