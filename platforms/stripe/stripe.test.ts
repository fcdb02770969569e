import { payments } from '@socle/port-payments';
import { paymentsConformance } from '@socle/port-payments/conformance';
import { startStripeHarness } from './testing.ts';

paymentsConformance({
  name: 'stripe against its fake',
  networked: true,
  capabilities: payments.capabilities,
  start: startStripeHarness,
});
