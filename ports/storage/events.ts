import { z } from 'zod';

/** Told by platforms whose buckets notify us. */
export const storageEvents = {
  'object.stored': z.object({ key: z.string(), sizeBytes: z.int().optional() }),
  'object.deleted': z.object({ key: z.string() }),
} as const;
