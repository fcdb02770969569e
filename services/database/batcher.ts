import { SocleError } from '@socle/kernel';
import { isAway } from './errors.ts';

export interface BatcherOptions<In, Out> {
  /** Commits the items and answers in their order; all or nothing. */
  flush(items: readonly In[]): Promise<readonly Out[]>;
  readonly maxItems: number;
}

export interface Batcher<In, Out> {
  /** Settles once the item is committed, or refused. */
  add(item: In): Promise<Out>;
  /** Takes nothing more, waits for what was added. */
  close(): Promise<void>;
}

interface Waiting<In, Out> {
  readonly item: In;
  readonly resolve: (out: Out) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: what arrives while a flush is under way goes together into the next, so a batch is as large as
 * the database is slow and a lone item waits for nobody. Items are flushed in the order they were added. When a
 * batch fails its items are flushed one by one, so a bad item fails alone; a database that is away fails them all.
 */
export function createBatcher<In, Out>({ flush, maxItems }: BatcherOptions<In, Out>): Batcher<In, Out> {
  const queue: Waiting<In, Out>[] = [];
  let draining: Promise<void> | undefined;
  let closed = false;

  const drain = async (): Promise<void> => {
    await undefined; // what is added in the same turn goes along
    while (queue.length > 0) await commit(queue.splice(0, maxItems), flush);
    draining = undefined;
  };

  return {
    add: (item) => {
      if (closed) return Promise.reject(new SocleError('unavailable', 'shutting down', { applied: 'no' }));
      return new Promise<Out>((resolve, reject) => {
        queue.push({ item, resolve, reject });
        draining ??= drain();
      });
    },
    close: async () => {
      closed = true;
      await draining;
    },
  };
}

async function commit<In, Out>(
  batch: readonly Waiting<In, Out>[],
  flush: BatcherOptions<In, Out>['flush'],
): Promise<void> {
  try {
    const outs = await flush(batch.map(({ item }) => item));
    if (outs.length !== batch.length) throw new SocleError('internal', 'a batch answers every item');
    for (const [index, { resolve }] of batch.entries()) resolve(outs[index] as Out);
  } catch (error) {
    if (batch.length > 1 && !isAway(error)) for (const one of batch) await commit([one], flush);
    else for (const { reject } of batch) reject(error);
  }
}
