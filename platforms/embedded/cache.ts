import type { Host } from '@socle/kernel';
import type { CachePort } from '@socle/port-cache';

export function create(_settings: object, _host: Host): CachePort {
  throw new Error('being written');
}
