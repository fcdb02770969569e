import { type AnyPort, type Host, type Log, SocleError } from '@socle/kernel';
import type { ConfiguredPlatform } from '@socle/service-settings';

interface Instance {
  readonly version: string;
  readonly adapter: Promise<AnyPort>;
  inFlight: number;
  retired: boolean;
}

export interface Instances {
  /** Runs `work` with the adapter, created on first use and kept until its platform's settings change. */
  use<T>(
    at: { platform: ConfiguredPlatform; port: string },
    work: (adapter: AnyPort) => Promise<T>,
  ): Promise<T>;
  /** Lets go of the adapters whose settings changed: each is closed when its last call has ended. */
  update(platforms: ReadonlyMap<string, ConfiguredPlatform>): void;
  close(): Promise<void>;
}

interface Options {
  readonly hostFor: (platform: ConfiguredPlatform) => Host;
  readonly log: Log;
}

export function createInstances({ hostFor, log }: Options): Instances {
  const instances = new Map<string, Instance>();
  const closing = new Set<Promise<void>>();

  function take(configured: ConfiguredPlatform, port: string): Instance {
    const { platform, result } = configured;
    const key = `${platform.id}/${port}`;
    const known = instances.get(key);
    if (known) return known;
    const declared = platform.adapters.find((one) => one.port.id === port);
    if (result.state !== 'ready' || !declared)
      throw new SocleError('misconfigured', `${platform.id} is not ready for ${port}`, { applied: 'no' });
    const { value } = result;
    const adapter = declared.load().then(({ create }) => create(value as never, hostFor(configured)));
    const instance: Instance = { version: versionOf(configured), adapter, inFlight: 0, retired: false };
    instances.set(key, instance);
    adapter.catch(() => {
      if (instances.get(key) === instance) instances.delete(key);
    });
    return instance;
  }

  function closeIfIdle(instance: Instance): void {
    if (!instance.retired || instance.inFlight > 0) return;
    const work = instance.adapter
      .then((adapter) => adapter.close?.())
      .catch((error: unknown) => log.warn({ error: String(error) }, 'an adapter did not close'))
      .finally(() => closing.delete(work));
    closing.add(work);
  }

  function retire(key: string, instance: Instance): void {
    instances.delete(key);
    instance.retired = true;
    closeIfIdle(instance);
  }

  return {
    async use({ platform, port }, work) {
      const instance = take(platform, port);
      instance.inFlight += 1;
      try {
        return await work(await instance.adapter);
      } finally {
        instance.inFlight -= 1;
        closeIfIdle(instance);
      }
    },
    update(platforms) {
      for (const [key, instance] of instances) {
        const now = platforms.get(key.slice(0, key.indexOf('/')));
        if (!now || versionOf(now) !== instance.version) retire(key, instance);
      }
    },
    async close() {
      for (const [key, instance] of instances) retire(key, instance);
      await Promise.all(closing);
    },
  };
}

function versionOf({ result }: ConfiguredPlatform): string {
  return JSON.stringify(result);
}
