import assert from 'node:assert/strict';
import { type Case, call, freshKey, refusal, type StorageHarness } from '../harness.ts';

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Every page, as far as `nextCursor` leads. */
async function pages(harness: StorageHarness, prefix: string, limit: number): Promise<string[][]> {
  const found: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await call(harness, 'list', { prefix, limit, ...(cursor ? { cursor } : {}) });
    found.push(page.objects.map((one) => one.key));
    cursor = page.nextCursor;
    assert.ok(found.length < 50, 'the pages have no end');
  } while (cursor !== undefined);
  return found;
}

async function fill(harness: StorageHarness, keys: readonly string[]): Promise<void> {
  for (let from = 0; from < keys.length; from += 25)
    await Promise.all(keys.slice(from, from + 25).map((key) => call(harness, 'put', { key, body: key })));
}

export const listCases: readonly Case[] = [
  {
    name: 'lists 250 keys in pages, each once, in byte order, the last page without cursor',
    run: async (harness) => {
      const base = freshKey('list');
      const keys = Array.from({ length: 250 }, (_, index) => `${base}/${(index * 7919) % 1009}`);
      await fill(harness, keys);
      const sorted = keys.toSorted(byBytes);
      const hundreds = await pages(harness, `${base}/`, 100);
      assert.deepEqual(
        hundreds.map((page) => page.length),
        [100, 100, 50],
      );
      assert.deepEqual(hundreds.flat(), sorted);
      const exact = await pages(harness, `${base}/`, 250);
      assert.deepEqual(exact, [sorted], 'a full last page must not promise another');
      assert.deepEqual((await pages(harness, `${base}/`, 125)).length, 2);
    },
  },
  {
    name: 'byte order is that of UTF-8, not that of a language or of UTF-16',
    run: async (harness) => {
      const base = freshKey('order');
      const names = [
        'a',
        'B',
        'b',
        'Z',
        'é',
        'z',
        '_',
        '-',
        '10',
        '9',
        'a/b',
        'a-b',
        'a.b',
        '\uff61',
        '\u{10000}',
      ];
      const keys = names.map((name) => `${base}/${name}`);
      await fill(harness, keys);
      assert.deepEqual((await pages(harness, `${base}/`, 4)).flat(), keys.toSorted(byBytes));
    },
  },
  {
    name: 'a prefix is taken as it is, folder or not',
    run: async (harness) => {
      const base = freshKey('prefix');
      const names = ['a', 'ab', 'a/1', 'a/2', 'b', 'a%c', 'a_c', 'axc', 'a*', 'A'];
      await fill(
        harness,
        names.map((name) => `${base}/${name}`),
      );
      const listed = async (prefix: string) =>
        (await pages(harness, `${base}/${prefix}`, 100)).flat().map((key) => key.slice(base.length + 1));
      assert.deepEqual(await listed('a/'), ['a/1', 'a/2']);
      assert.deepEqual(await listed('a%'), ['a%c']);
      assert.deepEqual(await listed('a_'), ['a_c']);
      assert.deepEqual(await listed('a*'), ['a*']);
      assert.deepEqual(await listed('A'), ['A']);
      assert.deepEqual(await listed('none'), []);
    },
  },
  {
    name: 'tells size, etag and time of each',
    run: async (harness) => {
      const key = freshKey();
      await call(harness, 'put', { key, body: 'four' });
      const { contentType: _, ...head } = await call(harness, 'head', { key });
      const [listed] = (await call(harness, 'list', { prefix: key })).objects;
      assert.deepEqual([listed?.key, listed?.sizeBytes, listed?.etag], [key, 4, head.etag]);
      const gapMs = Date.parse(listed?.modifiedAt ?? '') - Date.parse(head.modifiedAt);
      assert.ok(Math.abs(gapMs) < 1000);
    },
  },
  {
    name: 'a cursor leads on when objects come and go in between',
    run: async (harness) => {
      const base = freshKey('moving');
      await fill(
        harness,
        ['b', 'd', 'f', 'h'].map((name) => `${base}/${name}`),
      );
      const first = await call(harness, 'list', { prefix: `${base}/`, limit: 2 });
      await call(harness, 'delete', { keys: [`${base}/b`, `${base}/d`] });
      await fill(
        harness,
        ['a', 'e'].map((name) => `${base}/${name}`),
      );
      const rest = await call(harness, 'list', {
        prefix: `${base}/`,
        limit: 2,
        cursor: first.nextCursor ?? assert.fail('no cursor'),
      });
      assert.deepEqual(
        rest.objects.map((one) => one.key.at(-1)),
        ['e', 'f'],
      );
    },
  },
  {
    name: 'an invented cursor is refused',
    run: async (harness) => {
      await refusal(call(harness, 'list', { cursor: 'not-a-cursor!' }), 'invalid_argument');
    },
  },
];
