import type { Host } from '@socle/kernel';
import type { PaymentsPort } from '@socle/port-payments';

export function create(_settings: object, _host: Host): PaymentsPort {
  throw new Error('being written');
}
