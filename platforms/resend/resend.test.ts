import { emailConformance } from '@socle/port-email/conformance';
import { startResendHarness } from './testing.ts';

emailConformance({
  name: 'resend against its fake',
  networked: true,
  capabilities: ['scheduling', 'status'],
  guarantee: 'native',
  start: startResendHarness,
});
