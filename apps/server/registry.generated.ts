// Written by tools/generate.ts from the folders in platforms/: do not edit.
import type { Platform } from '@socle/kernel';

export interface Registered {
  readonly id: string;
  /** The manifest alone: the vendor's SDK is imported when its adapter is first used. */
  load(): Promise<Platform>;
}

export const registry: readonly Registered[] = [
  { id: 'embedded', load: async () => (await import("@socle/platform-embedded")).embedded as unknown as Platform },
  { id: 'redis', load: async () => (await import("@socle/platform-redis")).redis as unknown as Platform },
  { id: 'resend', load: async () => (await import("@socle/platform-resend")).resend as unknown as Platform },
  { id: 's3', load: async () => (await import("@socle/platform-s3")).s3 as unknown as Platform },
  { id: 'smtp', load: async () => (await import("@socle/platform-smtp")).smtp as unknown as Platform },
  { id: 'stripe', load: async () => (await import("@socle/platform-stripe")).stripe as unknown as Platform },
];
