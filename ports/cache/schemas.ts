import { z } from 'zod';

/** Well-formed and without U+0000: what every store can hold. */
const isPlain = (text: string): boolean => text.isWellFormed() && !text.includes('\0');
const key = z.string().min(1).max(512).refine(isPlain, 'must be well-formed text');
const ttlMs = z.int().min(1);
const member = z.string().min(1).max(512).refine(isPlain, 'must be well-formed text');
const score = z.number().refine(Number.isFinite, 'must be finite');

export const Key = z.strictObject({ key });
/** `value` is any JSON; `null` is a value, absence is `found: false`. */
export const Found = z.object({
  found: z.boolean(),
  value: z.json().optional(),
  ttlMs: z.number().optional(),
});
/** `onlyIfAbsent` writes once: the primitive of locks and of idempotency. */
export const Entry = z.strictObject({
  key,
  value: z.json(),
  ttlMs: ttlMs.optional(),
  onlyIfAbsent: z.boolean().optional(),
});
export const Written = z.object({ written: z.boolean() });
export const Deleted = z.object({ deleted: z.boolean() });
/** `ttlMs` is set only when the counter starts, so that a window is not pushed back by traffic. */
export const Increment = z.strictObject({ key, by: z.int().default(1), ttlMs: ttlMs.optional() });
export const Counter = z.object({ value: z.int() });
export const Expire = z.strictObject({ key, ttlMs });
export const Existed = z.object({ existed: z.boolean() });

/** `set` gives the score, `add` adds to it, `best` keeps the higher one. Equal scores rank by member, descending bytes. */
export const Rank = z.strictObject({
  key,
  members: z.array(z.strictObject({ member, score })).min(1).max(1000),
  mode: z.enum(['set', 'add', 'best']).default('set'),
});
export const Ranked = z.object({ added: z.int() });
export const Top = z.strictObject({
  key,
  offset: z.int().min(0).default(0),
  count: z.int().min(1).max(1000).default(10),
});
export const Ranking = z.object({
  members: z.array(z.object({ member: z.string(), score: z.number(), position: z.int() })),
  total: z.int(),
});
export const Member = z.strictObject({ key, member });
/** `position` 0 is the top. */
export const Position = z.object({
  found: z.boolean(),
  position: z.int().optional(),
  score: z.number().optional(),
});

const channel = z.string().min(1).max(200);
export const Channel = z.strictObject({ channel });
export const Publish = z.strictObject({ channel, message: z.json() });
export const Published = z.object({ accepted: z.literal(true) });
/** Ends when the call's signal aborts. At most once: a subscriber that is away misses the message. */
export const Messages = z.custom<AsyncIterable<z.core.util.JSONType>>(
  (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
);
