import { SocleError } from '@socle/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBatcher } from './batcher.ts';

function gate() {
  const opened = Promise.withResolvers<void>();
  return { open: opened.resolve, passed: opened.promise };
}

test('what is added while a flush is under way goes together into the next', async () => {
  const first = gate();
  const batches: number[][] = [];
  const batcher = createBatcher<number, number>({
    maxItems: 100,
    flush: async (items) => {
      batches.push([...items]);
      if (batches.length === 1) await first.passed;
      return items.map((item) => item * 10);
    },
  });
  const one = batcher.add(1);
  await expect.poll(() => batches.length).toBe(1);
  const rest = [2, 3, 4].map(batcher.add);
  first.open();
  expect(await Promise.all([one, ...rest])).toEqual([10, 20, 30, 40]);
  expect(batches).toEqual([[1], [2, 3, 4]]);
});

test('a bad item fails alone', async () => {
  const committed: number[] = [];
  const batcher = createBatcher<number, string>({
    maxItems: 10,
    flush: async (items) => {
      if (items.includes(3)) throw new Error('bad row');
      committed.push(...items);
      return items.map(String);
    },
  });
  const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map(batcher.add));
  expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true, true]);
  expect(committed).toEqual([1, 2, 4, 5]);
});

test('a database that is away is asked once, not once an item', async () => {
  let flushes = 0;
  const batcher = createBatcher<number, string>({
    maxItems: 10,
    flush: async () => {
      flushes += 1;
      throw new SocleError('unavailable', 'away', { applied: 'unknown' });
    },
  });
  const outcomes = await Promise.allSettled([1, 2, 3].map(batcher.add));
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  expect(flushes).toBe(1);
});

test('close waits for what was added and takes nothing more', async () => {
  const committed: number[] = [];
  const batcher = createBatcher<number, number>({
    maxItems: 2,
    flush: async (items) => {
      committed.push(...items);
      return items;
    },
  });
  const added = [1, 2, 3, 4, 5].map(batcher.add);
  await batcher.close();
  expect(committed).toEqual([1, 2, 3, 4, 5]);
  await Promise.all(added);
  await expect(batcher.add(6)).rejects.toMatchObject({ code: 'unavailable' });
});

test('every item is answered with its own result, in order, whatever the batches', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ bad: fc.boolean(), pause: fc.integer({ min: 0, max: 3 }) }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 7 }),
      async (items, maxItems) => {
        const committed: number[] = [];
        let underWay = 0;
        const batcher = createBatcher<number, number>({
          maxItems,
          flush: async (indexes) => {
            underWay += 1;
            expect(underWay).toBe(1);
            expect(indexes.length).toBeLessThanOrEqual(maxItems);
            await undefined;
            underWay -= 1;
            if (indexes.some((index) => items[index]?.bad)) throw new Error('bad');
            committed.push(...indexes);
            return indexes;
          },
        });
        const added: Promise<number>[] = [];
        for (const [index, { pause }] of items.entries()) {
          for (let turn = 0; turn < pause; turn += 1) await undefined;
          added.push(batcher.add(index));
        }
        const outcomes = await Promise.allSettled(added);
        const good = [...items.keys()].filter((index) => !items[index]?.bad);
        expect(committed).toEqual(good);
        for (const [index, outcome] of outcomes.entries()) {
          if (outcome.status === 'fulfilled') expect(outcome.value).toBe(index);
          else expect(items[index]?.bad).toBe(true);
        }
      },
    ),
    { numRuns: 300 },
  );
});
