import assert from 'node:assert/strict';
import { type Case, call, freshKey, refusal, textAt } from '../harness.ts';

/** Each has led some store to a wrong file, a wrong path or a wrong signature. */
const AWKWARD = [
  'plain.txt',
  'Ünïcödé/日本語/🦊.txt',
  'spaces and + plus',
  'percent %41 %2F %',
  'query?a=b&c#fragment',
  `quotes'"<>\\and:|*~!()`,
  'trailing.',
  '...dots',
  'CON',
  'cafe\u0301',
  'caf\u00e9',
  `${'ä'.repeat(100)}/${'b'.repeat(240)}`,
];

export const objectCases: readonly Case[] = [
  {
    name: 'gives back what was put, whatever form it came in',
    run: async (harness) => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const bodies = {
        text: ['Grüße 🦊\n', 'Grüße 🦊\n'],
        bytes: [bytes, Buffer.from(bytes).toString('latin1')],
        stream: [new Blob(['one', 'two']).stream(), 'onetwo'],
        empty: ['', ''],
        'empty stream': [new Blob([]).stream(), ''],
      } as const;
      for (const [name, [body, expected]] of Object.entries(bodies)) {
        const key = freshKey(name);
        const put = await call(harness, 'put', { key, body });
        const got = await call(harness, 'get', { key }, { client: harness.second });
        const content = Buffer.from(await new Response(got.body).arrayBuffer());
        assert.equal(content.toString(name === 'bytes' ? 'latin1' : 'utf8'), expected, name);
        const { body: _, ...info } = got;
        assert.deepEqual(info, await call(harness, 'head', { key }), name);
        assert.deepEqual(
          [put.key, put.sizeBytes, put.etag],
          [key, content.byteLength, info.etag],
          `${name}: put told something else`,
        );
      }
    },
  },
  {
    name: 'keeps the content type, and has one of its own',
    run: async (harness) => {
      for (const contentType of ['image/png', 'text/plain; charset=utf-8', undefined]) {
        const key = freshKey();
        await call(harness, 'put', { key, body: 'x', ...(contentType ? { contentType } : {}) });
        const head = await call(harness, 'head', { key });
        assert.equal(head.contentType, contentType ?? 'application/octet-stream');
        assert.equal((await call(harness, 'get', { key })).contentType, head.contentType);
      }
      for (const contentType of ['text/html\r\nset-cookie: a=b', 'text/ürgs', ' ', '']) {
        await refusal(call(harness, 'put', { key: freshKey(), body: 'x', contentType }), 'invalid_argument');
      }
    },
  },
  {
    name: 'tells when it was stored',
    run: async (harness) => {
      const key = freshKey();
      const put = await call(harness, 'put', { key, body: 'x' });
      const { modifiedAt } = await call(harness, 'head', { key });
      assert.ok(Math.abs(Date.parse(put.modifiedAt) - Date.parse(modifiedAt)) < 60_000);
    },
  },
  {
    name: 'takes every key that the contract allows, and mixes none up',
    run: async (harness) => {
      const base = freshKey('keys');
      const keys = [...AWKWARD.map((name) => `${base}/${name}`), 'k'.repeat(1024)];
      for (const key of keys) await call(harness, 'put', { key, body: `content of ${key}` });
      for (const key of keys) assert.equal(await textAt(harness, key), `content of ${key}`);
      const { objects } = await call(harness, 'list', { prefix: `${base}/` });
      assert.deepEqual(
        new Set(objects.map((one) => one.key)),
        new Set(keys.slice(0, -1)),
        'the list names other keys',
      );
      const { deleted } = await call(harness, 'delete', { keys });
      assert.equal(deleted, keys.length);
    },
  },
  {
    name: 'keys are names, not folders: one may be the beginning of another, case counts',
    run: async (harness) => {
      const base = freshKey('a');
      for (const key of [base, `${base}/b`, `${base}/B`, `${base}/b/c`])
        await call(harness, 'put', { key, body: key });
      for (const key of [base, `${base}/b`, `${base}/B`, `${base}/b/c`])
        assert.equal(await textAt(harness, key), key);
      await call(harness, 'delete', { keys: [base, `${base}/b`] });
      assert.equal(await textAt(harness, `${base}/b/c`), `${base}/b/c`);
    },
  },
  {
    name: 'refuses keys that climb out or that no store takes',
    run: async (harness) => {
      const bad = ['../x', 'a/../../x', 'a/./b', '/etc/passwd', 'a//b', 'a/', '..', '.', 'a\0b', 'a\nb', ''];
      for (const key of [...bad, 'ä'.repeat(513), '\ud800']) {
        await refusal(call(harness, 'put', { key, body: 'x' }), 'invalid_argument');
        await refusal(call(harness, 'get', { key }), 'invalid_argument');
        await refusal(call(harness, 'delete', { keys: [key] }), 'invalid_argument');
      }
    },
  },
  {
    name: 'an overwritten object is the new one alone, with another etag',
    run: async (harness) => {
      const key = freshKey();
      const first = await call(harness, 'put', { key, body: 'first, and longer', contentType: 'text/plain' });
      const next = await call(
        harness,
        'put',
        { key, body: 'second', contentType: 'text/css' },
        { client: harness.second },
      );
      assert.notEqual(first.etag, next.etag);
      const head = await call(harness, 'head', { key });
      assert.deepEqual([head.etag, head.contentType, head.sizeBytes], [next.etag, 'text/css', 6]);
      assert.equal(await textAt(harness, key), 'second');
      assert.equal(await harness.leftovers(), 0, 'the old content still lies there');
    },
  },
  {
    name: 'a reader keeps what it opened while the object is replaced',
    run: async (harness) => {
      const key = freshKey();
      await call(harness, 'put', { key, body: 'old '.repeat(50_000) });
      const { body } = await call(harness, 'get', { key });
      await call(harness, 'put', { key, body: 'new' });
      const content = await new Response(body).text().catch(() => 'refused');
      assert.ok(content === 'refused' || content === 'old '.repeat(50_000), 'the reader got a mixture');
    },
  },
  {
    name: 'what is absent is not_found',
    run: async (harness) => {
      const key = freshKey();
      await refusal(call(harness, 'get', { key }), 'not_found');
      await refusal(call(harness, 'head', { key }), 'not_found');
    },
  },
  {
    name: 'deletes, counts what was there, and does not mind what was not',
    run: async (harness) => {
      const [one, two, never] = [freshKey('1'), freshKey('2'), freshKey('3')];
      for (const key of [one, two]) await call(harness, 'put', { key, body: 'x' });
      assert.deepEqual(await call(harness, 'delete', { keys: [one, never] }), { deleted: 1 });
      assert.deepEqual(await call(harness, 'delete', { keys: [one] }), { deleted: 0 });
      await refusal(call(harness, 'get', { key: one }, { client: harness.second }), 'not_found');
      assert.equal(await textAt(harness, two), 'x', 'another object went with it');
      await call(harness, 'delete', { keys: [two] });
      assert.equal(await harness.leftovers(), 0, 'the content still lies there');
      await call(harness, 'put', { key: one, body: 'again' });
      assert.equal(await textAt(harness, one), 'again');
    },
  },
];
