import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { isSocleError } from '@socle/kernel';
import {
  type Case,
  call,
  expectNothing,
  freshKey,
  MB,
  refusal,
  type StorageHarness,
  sourceOf,
  textAt,
} from '../harness.ts';

const never = new Promise<never>(() => {});
/** As much as an adapter may have asked for before it knew: a multipart part or two. */
const SLACK = 16 * MB;

export const uploadCases: readonly Case[] = [
  {
    name: 'streams 10 MB in and out, byte for byte, in pieces',
    run: async (harness) => {
      const key = freshKey();
      const hash = createHash('sha256');
      const source = sourceOf((sent) => {
        if (sent === 10 * MB) return undefined;
        const chunk = Buffer.alloc(64 * 1024, `${sent}|`);
        hash.update(chunk);
        return chunk;
      });
      const put = await call(harness, 'put', { key, body: source.body });
      const { body, sizeBytes, etag } = await call(harness, 'get', { key });
      const got = createHash('sha256');
      let pieces = 0;
      for await (const chunk of body) {
        pieces += 1;
        got.update(chunk);
      }
      assert.equal(got.digest('hex'), hash.digest('hex'));
      assert.deepEqual([sizeBytes, put.sizeBytes, etag], [10 * MB, 10 * MB, put.etag]);
      assert.ok(pieces > 1, 'the whole object came as one piece');
      assert.equal(await harness.leftovers(), 0);
    },
  },
  {
    name: 'ends an endless stream at maxBytes: it cannot have waited for the end',
    run: async (harness) => {
      const key = freshKey();
      const source = sourceOf(() => new Uint8Array(MB));
      await refusal(call(harness, 'put', { key, body: source.body, maxBytes: 8 * MB }), 'invalid_argument');
      assert.ok(source.sent() <= 8 * MB + SLACK, `it read ${source.sent()} bytes`);
      assert.ok(source.isCancelled(), 'the sender was not told to stop');
      await expectNothing(harness, key);
    },
  },
  {
    name: 'maxBytes is exact, for every form of body',
    run: async (harness) => {
      const forms = [() => 'ab🦊d', () => Buffer.from('ab🦊d'), () => new Blob(['ab', '🦊d']).stream()];
      for (const form of forms) {
        const key = freshKey();
        await refusal(call(harness, 'put', { key, body: form(), maxBytes: 6 }), 'invalid_argument');
        await expectNothing(harness, key);
        await call(harness, 'put', { key, body: form(), maxBytes: 7 });
        assert.equal(await textAt(harness, key), 'ab🦊d');
      }
    },
  },
  {
    name: 'a refused upload leaves the object that was there',
    run: async (harness) => {
      const key = freshKey();
      const { etag } = await call(harness, 'put', { key, body: 'kept' });
      const source = sourceOf((sent) => (sent > 12 * MB ? undefined : new Uint8Array(MB)));
      await refusal(call(harness, 'put', { key, body: source.body, maxBytes: 7 * MB }), 'invalid_argument');
      assert.equal((await call(harness, 'head', { key })).etag, etag);
      assert.equal(await textAt(harness, key), 'kept');
      assert.equal(await harness.leftovers(), 0);
    },
  },
  ...([1, 11] as const).map((size) => ({
    name: `an upload that is aborted after ${size} MB leaves nothing`,
    run: async (harness: StorageHarness) => {
      const key = freshKey();
      const stop = new AbortController();
      const source = sourceOf((sent) => {
        if (sent < size * MB) return new Uint8Array(MB);
        stop.abort(new DOMException('the caller left', 'AbortError'));
        return never;
      });
      const put = call(harness, 'put', { key, body: source.body }, { signal: stop.signal });
      await assert.rejects(put, isSocleError);
      await expectNothing(harness, key);
    },
  })),
  ...([1, 11] as const).map((size) => ({
    name: `an upload whose sender breaks after ${size} MB leaves nothing`,
    run: async (harness: StorageHarness) => {
      const key = freshKey();
      const source = sourceOf((sent) => {
        if (sent < size * MB) return new Uint8Array(MB);
        throw new Error('the sender broke');
      });
      await assert.rejects(call(harness, 'put', { key, body: source.body }), isSocleError);
      await expectNothing(harness, key);
    },
  })),
  {
    name: 'a call that was aborted before it began does nothing',
    run: async (harness) => {
      const key = freshKey();
      const signal = AbortSignal.abort();
      await assert.rejects(call(harness, 'put', { key, body: 'x' }, { signal }));
      await expectNothing(harness, key);
    },
  },
  {
    name: 'ifAbsent: of twenty at once exactly one wins',
    run: async (harness) => {
      for (const isStream of [false, true]) {
        const key = freshKey();
        const answers = await Promise.allSettled(
          Array.from({ length: 20 }, (_, index) =>
            call(
              harness,
              'put',
              { key, body: isStream ? new Blob([`${index}`]).stream() : `${index}`, ifAbsent: true },
              { client: index % 2 ? harness.adapter : harness.second },
            ).then(() => index),
          ),
        );
        const won = answers.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
        assert.equal(won.length, 1, `${won.length} of them won`);
        for (const one of answers)
          if (one.status === 'rejected')
            await refusal(Promise.reject(one.reason as Error), 'precondition_failed');
        assert.equal(await textAt(harness, key), String(won[0]));
        assert.equal(await harness.leftovers(), 0);
      }
    },
  },
  {
    name: 'ifAbsent refuses what exists, of any size, and takes it again after a delete',
    run: async (harness) => {
      const key = freshKey();
      await call(harness, 'put', { key, body: 'kept' });
      const big = sourceOf((sent) => (sent === 11 * MB ? undefined : new Uint8Array(MB)));
      await refusal(call(harness, 'put', { key, body: 'other', ifAbsent: true }), 'precondition_failed');
      await refusal(call(harness, 'put', { key, body: big.body, ifAbsent: true }), 'precondition_failed');
      assert.equal(await textAt(harness, key), 'kept');
      assert.equal(await harness.leftovers(), 0);
      await call(harness, 'delete', { keys: [key] });
      await call(harness, 'put', { key, body: 'new', ifAbsent: true });
      assert.equal(await textAt(harness, key), 'new');
    },
  },
];
