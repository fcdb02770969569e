import type { Guarantee } from '@socle/kernel';

/** What is on record about a key that was begun before. */
export interface EffectRecord {
  readonly state: 'begun' | 'done' | 'unknown';
  readonly platform: string;
  readonly begunAt: Date;
  readonly deadlineAt: Date;
  readonly result: unknown;
}

/** What that record means to whoever wants to begin the effect again. */
export type Standing =
  | { readonly kind: 'done'; readonly result: unknown }
  /** The vendor's own key makes the repetition harmless. */
  | { readonly kind: 'repeatable' }
  | { readonly kind: 'busy'; readonly retryAfterMs: number }
  | { readonly kind: 'unknown' };

/** A process may be that late in recording how a call ended. */
export const SLACK_MS = 5_000;

export function standingOf(
  record: EffectRecord,
  call: { platform: string; guarantee: Guarantee; nativeKeyHours?: number },
  now: Date,
): Standing {
  if (record.state === 'done') return { kind: 'done', result: record.result };
  const { guarantee, nativeKeyHours } = call;
  // begun elsewhere, before the chain changed: no other vendor knows that key
  if (guarantee === 'native' && record.platform === call.platform) {
    const ageHours = (now.getTime() - record.begunAt.getTime()) / 3_600_000;
    return nativeKeyHours === undefined || ageHours < nativeKeyHours
      ? { kind: 'repeatable' }
      : { kind: 'unknown' };
  }
  const leftMs = record.deadlineAt.getTime() + SLACK_MS - now.getTime();
  return record.state === 'begun' && leftMs > 0
    ? { kind: 'busy', retryAfterMs: leftMs }
    : { kind: 'unknown' };
}
