import assert from 'node:assert/strict';
import { bytesOf, type Case, call, freshKey, refusal } from '../harness.ts';

export const rangeCases: readonly Case[] = [
  {
    name: 'gives exactly the asked bytes, and what is there of a range that goes beyond the end',
    needs: 'ranges',
    run: async (harness) => {
      const key = freshKey();
      await call(harness, 'put', { key, body: '0123456789', contentType: 'text/plain' });
      const asked: readonly [number, number | undefined, string][] = [
        [0, 0, '0'],
        [2, 4, '234'],
        [0, 9, '0123456789'],
        [7, undefined, '789'],
        [9, 9, '9'],
        [8, 5000, '89'],
        [0, undefined, '0123456789'],
      ];
      for (const [start, end, expected] of asked) {
        const range = end === undefined ? { start } : { start, end };
        const { body, sizeBytes, contentType } = await call(harness, 'get', { key, range });
        assert.equal((await bytesOf(body)).toString(), expected, `${start}-${end}`);
        assert.deepEqual([sizeBytes, contentType], [10, 'text/plain'], 'the object itself is whole');
      }
    },
  },
  {
    name: 'refuses a range that holds nothing',
    needs: 'ranges',
    run: async (harness) => {
      const [key, empty] = [freshKey(), freshKey('empty')];
      await call(harness, 'put', { key, body: '0123456789' });
      await call(harness, 'put', { key: empty, body: '' });
      for (const range of [{ start: 10 }, { start: 10, end: 12 }, { start: 5, end: 4 }])
        await refusal(call(harness, 'get', { key, range }), 'invalid_argument');
      await refusal(call(harness, 'get', { key: empty, range: { start: 0 } }), 'invalid_argument');
      await refusal(call(harness, 'get', { key: freshKey(), range: { start: 0 } }), 'not_found');
    },
  },
];
