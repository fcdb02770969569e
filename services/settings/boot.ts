import {
  type Fault,
  fieldsOf,
  type Plan,
  type Platform,
  type Port,
  readSettings,
  type SettingsResult,
} from '@socle/kernel';
import { type CoreSettings, coreSettings } from './core.ts';
import {
  chainEnv,
  knownNames,
  misspelt,
  POLICIES,
  type Policy,
  planEnv,
  policyEnv,
  portsOf,
} from './names.ts';
import { secretValues } from './secrets.ts';
import { given, type Values } from './source.ts';

export interface ConfiguredPlatform {
  readonly platform: Platform;
  readonly result: SettingsResult<Record<string, unknown>>;
  /** Undefined: an unknown plan was asked for. */
  readonly plan: Plan | undefined;
}

/** A port as configured: which platforms, in which order, and what to do when the first cannot. */
export interface Chain {
  readonly port: Port;
  readonly platforms: readonly string[];
  readonly policy: Policy;
}

export interface BootFault extends Fault {
  /** A fault of the vault can be repaired in the running console; one of the environment stops the start. */
  readonly origin: 'environment' | 'vault';
}

export interface Boot {
  /** Undefined when the core settings themselves are faulty. */
  readonly core: CoreSettings | undefined;
  readonly platforms: ReadonlyMap<string, ConfiguredPlatform>;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly faults: readonly BootFault[];
  readonly secrets: readonly string[];
  originOf(env: string): 'environment' | 'vault' | undefined;
  valueOf(env: string): string | undefined;
}

interface Sources {
  readonly env: Values;
  readonly vault?: Values;
  readonly platforms: readonly Platform[];
}

/** Reads the whole configuration and finds every fault at once. Environment beats vault. */
export function readBoot({ env, vault = {}, platforms }: Sources): Boot {
  const environment = given(env);
  const values = { ...given(vault), ...environment };
  const originOf = (name: string): BootFault['origin'] | undefined =>
    name in environment ? 'environment' : name in values ? 'vault' : undefined;

  const core = readSettings(coreSettings, environment);
  const faults: BootFault[] = [];
  const blame = (origin: BootFault['origin'], found: readonly Fault[]): void => {
    faults.push(...found.map((one) => ({ ...one, origin })));
  };
  if (core.state === 'faulty') blame('environment', core.faults);

  const configured = new Map<string, ConfiguredPlatform>();
  for (const platform of platforms) {
    const result = readSettings(platform.settings, values) as ConfiguredPlatform['result'];
    const own = fieldsOf(platform.settings).filter((one) => !one.shared);
    const origins = own.map((one) => originOf(one.env));
    if (result.state === 'faulty')
      blame(origins.includes('environment') ? 'environment' : 'vault', result.faults);
    const wanted = values[planEnv(platform.id)];
    const plan = wanted ? platform.plans.find((one) => one.id === wanted) : platform.plans[0];
    if (wanted && !plan)
      blame(originOf(planEnv(platform.id)) ?? 'environment', [
        fault(
          planEnv(platform.id),
          `knows no plan "${wanted}"`,
          platform.plans.map((one) => one.id),
        ),
      ]);
    configured.set(platform.id, { platform, result, plan });
  }

  const chains = new Map<string, Chain>();
  for (const port of portsOf(platforms).values()) {
    const { chain, wrong } = readChain(port, { values, configured });
    chains.set(port.id, chain);
    for (const one of wrong) blame(originOf(one.field) ?? 'vault', [one]);
    const able = chain.platforms.some((id) => configured.get(id)?.result.state === 'ready');
    // Not the environment's fault: the key that is missing may be put into the vault of the running server.
    if (!able && wrong.length === 0)
      blame('vault', [
        fault(chainEnv(port.id), 'has no platform that is ready', [...chain.platforms, 'embedded']),
      ]);
  }
  blame('environment', misspelt(environment, knownNames(platforms)));

  return {
    core: core.state === 'ready' ? core.value : undefined,
    platforms: configured,
    chains,
    faults,
    secrets: secretValues(platforms, vault, env),
    originOf,
    valueOf: (name) => values[name],
  };
}

interface ChainSources {
  readonly values: Readonly<Record<string, string>>;
  readonly configured: ReadonlyMap<string, ConfiguredPlatform>;
}

function readChain(port: Port, { values, configured }: ChainSources): { chain: Chain; wrong: Fault[] } {
  const able = [...configured.values()].filter(({ platform }) =>
    platform.adapters.some((one) => one.port.id === port.id),
  );
  const ids = able.map(({ platform }) => platform.id);
  const wanted = (values[chainEnv(port.id)] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  const wrong = wanted
    .filter((id) => !ids.includes(id))
    .map((id) => fault(chainEnv(port.id), `names "${id}", which has no ${port.id} adapter`, ids));
  const external = able.find(
    ({ platform, result }) => platform.id !== 'embedded' && result.state === 'ready',
  );
  const policy = values[policyEnv(port.id)] ?? 'fail';
  const known = POLICIES.find((one) => one === policy);
  if (!known) wrong.push(fault(policyEnv(port.id), `knows no policy "${policy}"`, POLICIES));
  return {
    chain: {
      port,
      platforms:
        wanted.length > 0 ? wanted.filter((id) => ids.includes(id)) : [external?.platform.id ?? 'embedded'],
      policy: known ?? 'fail',
    },
    wrong,
  };
}

function fault(env: string, problem: string, choices: readonly string[]): Fault {
  return { field: env, problem, fix: `Choose among: ${[...new Set(choices)].join(', ')}.` };
}
