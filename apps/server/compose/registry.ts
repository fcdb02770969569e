import type { Platform } from '@socle/kernel';
import { registry } from '../registry.generated.ts';

/** Every manifest, without any vendor's SDK. */
export function loadPlatforms(): Promise<readonly Platform[]> {
  return Promise.all(registry.map((one) => one.load()));
}
