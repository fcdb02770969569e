import { type Platform, SocleError } from '@socle/kernel';
import { type Boot, type CoreSettings, readBoot, type Values } from '@socle/service-settings';

/** A configuration that can be worked with. */
export type UsableBoot = Boot & { readonly core: CoreSettings };

/** Reads the environment's part, and refuses with every fault at once. */
export function readConfiguration(env: Values, platforms: readonly Platform[]): UsableBoot {
  const boot = readBoot({ env, platforms });
  const faults = boot.faults.filter((one) => one.origin === 'environment');
  if (faults.length > 0 || !boot.core) throw misconfigured(faults);
  return boot as UsableBoot;
}

export function misconfigured(faults: Boot['faults']): SocleError {
  return new SocleError(
    'misconfigured',
    `the configuration has ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`,
    {
      applied: 'no',
      faults: faults.map(({ origin: _, ...one }) => one),
    },
  );
}
