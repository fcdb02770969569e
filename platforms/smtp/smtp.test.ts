import { emailConformance } from '@socle/port-email/conformance';
import { startSmtpHarness } from './testing.ts';

emailConformance({
  name: 'smtp against a real server',
  networked: true,
  capabilities: [],
  guarantee: 'none',
  start: startSmtpHarness,
});
