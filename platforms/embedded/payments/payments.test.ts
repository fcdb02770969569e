import { payments } from '@socle/port-payments';
import { paymentsConformance } from '@socle/port-payments/conformance';
import { startEmbeddedHarness } from './testing.ts';

paymentsConformance({
  name: 'embedded',
  networked: false,
  capabilities: payments.capabilities,
  start: startEmbeddedHarness,
});
