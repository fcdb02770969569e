import { storage } from '@socle/port-storage';
import { storageConformance } from '@socle/port-storage/conformance';
import { startEmbeddedStorage } from './storage/testing/harness.ts';

storageConformance({
  name: 'embedded',
  networked: false,
  capabilities: storage.capabilities,
  start: startEmbeddedStorage,
});
