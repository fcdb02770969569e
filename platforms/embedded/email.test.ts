import { emailConformance } from '@socle/port-email/conformance';
import { startMailboxHarness } from './mailbox/testing.ts';

emailConformance({
  name: 'embedded',
  networked: false,
  capabilities: ['scheduling', 'status'],
  guarantee: 'natural',
  start: startMailboxHarness,
});
