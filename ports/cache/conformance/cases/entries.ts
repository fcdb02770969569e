import assert from 'node:assert/strict';
import { type Case, call, eventually, freshKey, refusal } from '../harness.ts';

const VALUES = [
  null,
  true,
  0,
  -1.5,
  '',
  'é 漢 🦉 \u0000',
  [1, [2]],
  { a: { b: null } },
  9_007_199_254_740_991,
] as const;

export const entryCases: readonly Case[] = [
  {
    name: 'gives back every JSON value as it was, for any client',
    async run(harness) {
      for (const value of VALUES) {
        const key = freshKey();
        assert.deepEqual(await call({ harness }, 'set', { key, value: value as never }), { written: true });
        const found = await call({ harness, client: harness.second }, 'get', { key });
        assert.deepEqual(found, { found: true, value });
      }
    },
  },
  {
    name: 'tells absence from null',
    async run(harness) {
      assert.deepEqual(await call({ harness }, 'get', { key: freshKey() }), { found: false });
    },
  },
  {
    name: 'keeps keys apart, whatever letters they have',
    async run(harness) {
      const base = freshKey();
      const keys = [
        `${base}:é`,
        `${base}:e\u0301`,
        `${base}:É`,
        `${base}:*`,
        `${base}:%`,
        `${base} `,
        `${base}:🦉`,
      ];
      for (const [value, key] of keys.entries()) await call({ harness }, 'set', { key, value });
      for (const [value, key] of keys.entries())
        assert.equal((await call({ harness }, 'get', { key })).value, value);
    },
  },
  {
    name: 'writes only if absent: one of a hundred wins',
    async run(harness) {
      const key = freshKey();
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, value) =>
          call({ harness, client: value % 2 ? harness.second : harness.adapter }, 'set', {
            key,
            value,
            onlyIfAbsent: true,
          }),
        ),
      );
      const winners = results.flatMap((one, value) => (one.written ? [value] : []));
      assert.equal(winners.length, 1);
      assert.equal((await call({ harness }, 'get', { key })).value, winners[0]);
    },
  },
  {
    name: 'deletes, and says whether there was something',
    async run(harness) {
      const key = freshKey();
      assert.deepEqual(await call({ harness }, 'delete', { key }), { deleted: false });
      await call({ harness }, 'set', { key, value: 1 });
      assert.deepEqual(await call({ harness }, 'delete', { key }), { deleted: true });
      assert.deepEqual(await call({ harness }, 'get', { key }), { found: false });
    },
  },
  {
    name: 'forgets a value when its time has come, and tells how much is left',
    async run(harness) {
      const key = freshKey();
      await call({ harness }, 'set', { key, value: 1, ttlMs: 400 });
      const { ttlMs = -1 } = await call({ harness }, 'get', { key });
      assert.ok(ttlMs > 0 && ttlMs <= 400, `ttlMs is ${ttlMs}`);
      await harness.pass(401);
      await eventually('expiry', async () => !(await call({ harness }, 'get', { key })).found);
      assert.deepEqual(await call({ harness }, 'expire', { key, ttlMs: 400 }), { existed: false });
      assert.deepEqual(await call({ harness }, 'delete', { key }), { deleted: false });
      assert.deepEqual(await call({ harness }, 'set', { key, value: 2, onlyIfAbsent: true }), {
        written: true,
      });
    },
  },
  {
    name: 'writing again without a time keeps the value for good',
    async run(harness) {
      const key = freshKey();
      await call({ harness }, 'set', { key, value: 1, ttlMs: 60_000 });
      await call({ harness }, 'set', { key, value: 2 });
      assert.deepEqual(await call({ harness }, 'get', { key }), { found: true, value: 2 });
    },
  },
  {
    name: 'sets when a value vanishes afterwards',
    async run(harness) {
      const key = freshKey();
      await call({ harness }, 'set', { key, value: 1 });
      assert.deepEqual(await call({ harness }, 'expire', { key, ttlMs: 200 }), { existed: true });
      assert.equal((await call({ harness }, 'get', { key })).found, true);
      await harness.pass(201);
      await eventually('expiry', async () => !(await call({ harness }, 'get', { key })).found);
    },
  },
  {
    name: 'counts without losing one, from two clients at once',
    async run(harness) {
      const key = freshKey();
      const values = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          call({ harness, client: index % 2 ? harness.second : harness.adapter }, 'increment', {
            key,
            by: 3,
          }),
        ),
      );
      assert.equal(new Set(values.map((one) => one.value)).size, 200);
      assert.equal(Math.max(...values.map((one) => one.value)), 600);
      assert.deepEqual(await call({ harness }, 'increment', { key, by: -600 }), { value: 0 });
      assert.equal((await call({ harness }, 'get', { key })).value, 0);
    },
  },
  {
    name: "traffic does not push a counter's end back",
    async run(harness) {
      const key = freshKey();
      await call({ harness }, 'increment', { key, ttlMs: 500 });
      await harness.pass(300);
      await call({ harness }, 'increment', { key, ttlMs: 60_000 });
      const { ttlMs = Number.POSITIVE_INFINITY } = await call({ harness }, 'get', { key });
      assert.ok(ttlMs <= 500, `ttlMs is ${ttlMs}`);
      await harness.pass(201);
      await eventually('expiry', async () => !(await call({ harness }, 'get', { key })).found);
      assert.deepEqual(await call({ harness }, 'increment', { key }), { value: 1 });
    },
  },
  {
    name: 'refuses to count on what is no counter, and leaves it as it was',
    async run(harness) {
      const key = freshKey();
      await call({ harness }, 'set', { key, value: 'text' });
      await refusal(call({ harness }, 'increment', { key }), 'precondition_failed');
      assert.equal((await call({ harness }, 'get', { key })).value, 'text');
    },
  },
  {
    name: 'keeps namespaces apart',
    async run(harness) {
      const { stranger } = harness;
      if (!stranger) return;
      const key = freshKey();
      await call({ harness }, 'set', { key, value: 1 });
      assert.deepEqual(await call({ harness, client: stranger }, 'get', { key }), { found: false });
      assert.deepEqual(await call({ harness, client: stranger }, 'delete', { key }), { deleted: false });
      assert.equal((await call({ harness }, 'get', { key })).found, true);
    },
  },
];
