/** A cache tells no facts: what vanishes from it was never one. */
export const cacheEvents = {} as const;
