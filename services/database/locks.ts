/** Advisory locks of the base: the keys are arbitrary, but other users of the same database must not meet them. */
export const LOCKS = {
  /** Exclusive, while migrations run. */
  migrate: 7_309_940_201,
  /** Shared, by every process that uses the embedded server; exclusive, by the one that stops it. */
  server: 7_309_940_202,
  /** Class of the pair (class, home): see `holdHome`. */
  home: 730_994_203,
} as const;
