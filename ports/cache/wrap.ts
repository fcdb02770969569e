import type { z } from 'zod';
import type { Entry, Found, Key, Written } from './schemas.ts';

/** The three operations that wrapping needs, bound by the caller to a module. */
export interface WrapStore {
  get(input: z.input<typeof Key>): Promise<z.output<typeof Found>>;
  set(input: z.input<typeof Entry>): Promise<z.output<typeof Written>>;
  delete(input: z.input<typeof Key>): Promise<unknown>;
}

export interface WrapOptions<Schema extends z.ZodType> {
  readonly key: string;
  readonly ttlMs: number;
  /** What was cached may have been written by an older version. */
  readonly schema: Schema;
  compute(): Promise<z.input<Schema>>;
  /** A process that dies while it computes holds the others up for so long. Default 10,000. */
  readonly patienceMs?: number;
}

const POLL_MS = 25;

/**
 * A cached value, computed once however many ask at the same moment, in however many processes: one takes a
 * lock that expires, the others wait for what it writes. A failed computation is not cached; the next tries.
 */
export async function wrap<Schema extends z.ZodType>(
  store: WrapStore,
  options: WrapOptions<Schema>,
): Promise<z.output<Schema>> {
  const { key, ttlMs, schema, patienceMs = 10_000 } = options;
  const lock = `${key}:computing`;
  for (;;) {
    const found = await store.get({ key });
    const cached = found.found ? schema.safeParse(found.value) : undefined;
    if (cached?.success) return cached.data;
    const { written } = await store.set({ key: lock, value: true, ttlMs: patienceMs, onlyIfAbsent: true });
    if (written) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  try {
    // another may have finished between the look and the lock
    const found = await store.get({ key });
    const cached = found.found ? schema.safeParse(found.value) : undefined;
    if (cached?.success) return cached.data;
    const value = await options.compute();
    await store.set({ key, value: value as z.core.util.JSONType, ttlMs });
    return schema.parse(value);
  } finally {
    await store.delete({ key: lock });
  }
}
