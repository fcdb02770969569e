import type { Host } from '@socle/kernel';
import type { StoragePort } from '@socle/port-storage';

export function create(_settings: object, _host: Host): StoragePort {
  throw new Error('being written');
}
