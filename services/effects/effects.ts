import { fileURLToPath } from 'node:url';
import { type Clock, type Effects, type Guarantee, SocleError } from '@socle/kernel';
import { createBatcher, type Database, type MigrationSource } from '@socle/service-database';
import { SLACK_MS, standingOf } from './standing.ts';
import { type Beginning, type Ending, writeBeginnings, writeEndings } from './store.ts';

export const effectsMigrations: MigrationSource = {
  owner: 'effects',
  dir: fileURLToPath(new URL('./schema', import.meta.url)),
};

export interface EffectStore extends Effects {
  /** Forgets finished effects after `days`; those in doubt stay until somebody says what happened. */
  sweep(days?: number): Promise<number>;
}

export interface EffectOptions {
  readonly database: Pick<Database, 'sql'>;
  readonly clock: Clock;
  readonly processId: string;
}

type Call = Parameters<Effects['begin']>[0];

/**
 * Remembers begun effects in PostgreSQL, many to a commit. `none` is on disk before the call leaves;
 * `native` is written without waiting for the disk, because the vendor's key protects while it lasts;
 * `natural` needs no record.
 */
export function createEffects({ database: { sql }, clock, processId }: EffectOptions): EffectStore {
  const begun = new Map<string, Guarantee>();
  const beginnings = createBatcher({
    flush: (items: readonly Beginning[]) => writeBeginnings(sql, items),
    maxItems: 256,
  });
  const endings = createBatcher({
    flush: (items: readonly Ending[]) => writeEndings(sql, items),
    maxItems: 256,
  });

  const end = async (ending: Omit<Ending, 'at' | 'durable'>): Promise<void> => {
    const guarantee = begun.get(ending.key);
    begun.delete(ending.key);
    if (guarantee !== 'natural') {
      await endings.add({ ...ending, at: clock.now(), durable: guarantee !== 'native' });
    }
  };

  return {
    begin: async (call) => {
      const { idempotencyKey: key, guarantee } = call;
      if (guarantee !== 'natural') {
        const now = clock.now();
        const { fresh, record } = await beginnings.add(beginning(call, guarantee, { now, processId }));
        if (!fresh) {
          // no record: begun by somebody else at this very moment
          const other = record ?? {
            state: 'begun',
            platform: call.platform,
            begunAt: now,
            deadlineAt: now,
            result: null,
          };
          const standing = standingOf(other, call, now);
          if (standing.kind === 'done') return { state: 'done', result: standing.result };
          if (standing.kind === 'busy') throw busy(call, standing.retryAfterMs);
          if (standing.kind === 'unknown') {
            await endings.add({ key, state: 'unknown', result: null, at: now, durable: true });
            throw inDoubt(call);
          }
        }
      }
      begun.set(key, guarantee);
      return { state: 'fresh' };
    },
    succeeded: (key, result) => end({ key, state: 'done', result }),
    failed: (key) => end({ key, state: 'forgotten', result: null }),
    unknown: (key) => end({ key, state: 'unknown', result: null }),
    sweep: async (days = 30) => {
      const gone = await sql.query(
        `delete from socle.effects where state = 'done' and finished_at < $1::timestamptz - make_interval(days => $2)
         returning 1`,
        [clock.now(), days],
      );
      return gone.length;
    },
  };
}

function beginning(
  call: Call,
  guarantee: Beginning['guarantee'],
  { now, processId }: { now: Date; processId: string },
): Beginning {
  return {
    key: call.idempotencyKey,
    platform: call.platform,
    port: call.port,
    operation: call.operation,
    guarantee,
    begunBy: processId,
    begunAt: now,
    deadlineAt: new Date(now.getTime() + call.deadlineMs),
  };
}

function busy({ port, operation }: Call, retryAfterMs: number): SocleError {
  return new SocleError('conflict', `${port}.${operation}: the same call is under way`, {
    applied: 'no',
    retryAfterMs: Math.min(retryAfterMs, SLACK_MS),
  });
}

function inDoubt({ port, operation, platform }: Call): SocleError {
  return new SocleError(
    'outcome_unknown',
    `${port}.${operation}: it was begun and nobody knows how it ended · look at ${platform}, then say whether it happened`,
    { applied: 'unknown' },
  );
}
