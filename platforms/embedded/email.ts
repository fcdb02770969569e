import type { Host } from '@socle/kernel';
import type { EmailPort } from '@socle/port-email';

export function create(_settings: object, _host: Host): EmailPort {
  throw new Error('being written');
}
