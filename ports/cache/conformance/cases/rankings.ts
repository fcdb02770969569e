import assert from 'node:assert/strict';
import { type Case, call, eventually, freshKey, refusal } from '../harness.ts';

const needs = 'rankings';

export const rankingCases: readonly Case[] = [
  {
    name: 'ranks by score, equal scores by member in descending bytes',
    needs,
    async run(harness) {
      const key = freshKey();
      const scores: Record<string, number> = { a: 1, b: 3, B: 3, é: 3, z: 3, c: -0.5, d: 1e21 };
      const members = Object.entries(scores).map(([member, score]) => ({ member, score }));
      assert.deepEqual(await call({ harness }, 'rank', { key, members }), { added: 7 });
      const { members: top, total } = await call({ harness, client: harness.second }, 'top', { key });
      assert.deepEqual(
        top.map((one) => one.member),
        ['d', 'é', 'z', 'b', 'B', 'a', 'c'],
      );
      assert.deepEqual(
        top.map((one) => one.score),
        [1e21, 3, 3, 3, 3, 1, -0.5],
      );
      assert.equal(total, 7);
    },
  },
  {
    name: 'pages through a ranking without gap or repetition',
    needs,
    async run(harness) {
      const key = freshKey();
      const members = Array.from({ length: 25 }, (_, score) => ({ member: `m${score}`, score }));
      await call({ harness }, 'rank', { key, members });
      const pages = await Promise.all(
        [0, 10, 20, 30].map((offset) => call({ harness }, 'top', { key, offset, count: 10 })),
      );
      assert.deepEqual(
        pages.flatMap((page) => page.members.map((one) => one.position)),
        members.map((_, position) => position),
      );
      assert.equal(pages[0]?.members[0]?.member, 'm24');
      assert.deepEqual(
        pages.map((page) => page.total),
        [25, 25, 25, 25],
      );
    },
  },
  {
    name: 'sets, adds, or keeps the best',
    needs,
    async run(harness) {
      const key = freshKey();
      const rank = (mode: 'set' | 'add' | 'best', score: number) =>
        call({ harness }, 'rank', { key, members: [{ member: 'ada', score }], mode });
      const score = async () => (await call({ harness }, 'position', { key, member: 'ada' })).score;
      assert.deepEqual(await rank('set', 10), { added: 1 });
      assert.deepEqual(await rank('add', 5), { added: 0 });
      assert.equal(await score(), 15);
      await rank('best', 7);
      assert.equal(await score(), 15);
      await rank('best', 20);
      assert.equal(await score(), 20);
      await rank('set', 1);
      assert.equal(await score(), 1);
    },
  },
  {
    name: 'adds without losing one under parallel writers',
    needs,
    async run(harness) {
      const key = freshKey();
      await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          call({ harness, client: index % 2 ? harness.second : harness.adapter }, 'rank', {
            key,
            members: [{ member: 'ada', score: 2 }],
            mode: 'add',
          }),
        ),
      );
      assert.equal((await call({ harness }, 'position', { key, member: 'ada' })).score, 200);
    },
  },
  {
    name: 'finds a position, takes a member out, and knows who is not there',
    needs,
    async run(harness) {
      const key = freshKey();
      const members = ['a', 'b', 'c'].map((member, score) => ({ member, score }));
      await call({ harness }, 'rank', { key, members });
      assert.deepEqual(await call({ harness }, 'position', { key, member: 'a' }), {
        found: true,
        position: 2,
        score: 0,
      });
      assert.deepEqual(await call({ harness }, 'unrank', { key, member: 'b' }), { existed: true });
      assert.deepEqual(await call({ harness }, 'unrank', { key, member: 'b' }), { existed: false });
      assert.equal((await call({ harness }, 'position', { key, member: 'a' })).position, 1);
      assert.deepEqual(await call({ harness }, 'position', { key, member: 'x' }), { found: false });
      assert.deepEqual(await call({ harness }, 'top', { key: freshKey() }), { members: [], total: 0 });
    },
  },
  {
    name: 'a ranking is deleted and vanishes as other keys do',
    needs,
    async run(harness) {
      const key = freshKey();
      const members = [{ member: 'ada', score: 1 }];
      await call({ harness }, 'rank', { key, members });
      assert.deepEqual(await call({ harness }, 'delete', { key }), { deleted: true });
      assert.equal((await call({ harness }, 'top', { key })).total, 0);
      await call({ harness }, 'rank', { key, members });
      await call({ harness }, 'expire', { key, ttlMs: 200 });
      await harness.pass(201);
      await eventually('expiry', async () => (await call({ harness }, 'top', { key })).total === 0);
      assert.deepEqual(await call({ harness }, 'rank', { key, members }), { added: 1 });
    },
  },
  {
    name: 'a value is no ranking',
    needs,
    async run(harness) {
      const key = freshKey();
      await call({ harness }, 'set', { key, value: 1 });
      const members = [{ member: 'ada', score: 1 }];
      await refusal(call({ harness }, 'rank', { key, members }), 'precondition_failed');
      assert.equal((await call({ harness }, 'get', { key })).value, 1);
    },
  },
];
