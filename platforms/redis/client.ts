import type { Host } from '@socle/kernel';
import { Redis } from 'ioredis';
import type { Settings } from './settings.ts';

const DEFAULT_PORT = 6379;
const CONNECT_TIMEOUT_MS = 5_000;
const LONGEST_PAUSE_MS = 2_000;

export function destinationOf({ url }: Pick<Settings, 'url'>): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || DEFAULT_PORT) };
}

/**
 * Connects on first use. A command that was under way when the line broke is not sent again: whether it took
 * effect is for the kernel to judge, not for the driver.
 */
export function connect(settings: Settings, host: Host): Redis {
  const { host: name, port } = destinationOf(settings);
  host.connect(name, port);
  const redis = new Redis(settings.url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (tries) => Math.min(50 * 2 ** tries, LONGEST_PAUSE_MS),
  });
  // every command's own promise tells; without a listener the driver would print
  redis.on('error', () => {});
  return redis;
}
