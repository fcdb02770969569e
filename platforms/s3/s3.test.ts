import { storageConformance } from '@socle/port-storage/conformance';
import { startS3Harness } from './testing.ts';

for (const isVersioned of [false, true]) {
  storageConformance({
    name: isVersioned ? 's3 against its fake, versions kept' : 's3 against its fake',
    networked: true,
    capabilities: ['signed-urls', 'ranges'],
    start: () => startS3Harness({ isVersioned }),
  });
}
