import assert from 'node:assert/strict';
import type { z } from 'zod';
import type { storage } from '../../contract.ts';
import { type Case, call, freshKey, refusal, type StorageHarness, textAt } from '../harness.ts';

const key = (): string => freshKey('signed/ä 日本+%&?#.txt');

async function refused(harness: StorageHarness, url: string, init?: RequestInit): Promise<void> {
  const response = await harness.request(url, init);
  await response.body?.cancel();
  assert.ok([400, 401, 403, 405].includes(response.status), `${url} answered ${response.status}`);
}

type Wish = z.input<(typeof storage)['operations']['signUrl']['input']>;

function sign(
  harness: StorageHarness,
  input: Wish,
): Promise<{ url: string; method: string; expiresAt: string }> {
  return call(harness, 'signUrl', input);
}

export const signedUrlCases: readonly Case[] = [
  {
    name: 'a signed URL reads one object through plain HTTP',
    needs: 'signed-urls',
    run: async (harness) => {
      const at = key();
      await call(harness, 'put', { key: at, body: 'secret text', contentType: 'text/plain' });
      const { url, method, expiresAt } = await sign(harness, { key: at, action: 'read' });
      assert.equal(method, 'GET');
      assert.ok(Date.parse(expiresAt) > 0);
      const response = await harness.request(url);
      assert.deepEqual(
        [response.status, response.headers.get('content-type'), await response.text()],
        [200, 'text/plain', 'secret text'],
      );
    },
  },
  {
    name: 'a signed URL writes one object through plain HTTP, of the signed content type',
    needs: 'signed-urls',
    run: async (harness) => {
      const [at, typed] = [key(), key()];
      const open = await sign(harness, { key: at, action: 'write' });
      assert.equal(open.method, 'PUT');
      const put = await harness.request(open.url, {
        method: 'PUT',
        body: 'uploaded',
        headers: { 'content-type': 'text/css' },
      });
      assert.equal(put.status, 200);
      assert.equal(await textAt(harness, at), 'uploaded');
      assert.equal((await call(harness, 'head', { key: at })).contentType, 'text/css');

      const { url } = await sign(harness, { key: typed, action: 'write', contentType: 'image/png' });
      const other = { method: 'PUT', body: '<script>', headers: { 'content-type': 'text/html' } };
      await refused(harness, url, other);
      await refusal(call(harness, 'head', { key: typed }), 'not_found');
      const right = { method: 'PUT', body: 'png', headers: { 'content-type': 'image/png' } };
      assert.equal((await harness.request(url, right)).status, 200);
      assert.equal((await call(harness, 'head', { key: typed })).contentType, 'image/png');
    },
  },
  {
    name: 'a signed URL allows nothing else',
    needs: 'signed-urls',
    run: async (harness) => {
      const base = freshKey('altered');
      const [mine, other] = [`${base}/mine`, `${base}/other`];
      for (const one of [mine, other]) await call(harness, 'put', { key: one, body: one });
      const { url: read } = await sign(harness, { key: mine, action: 'read' });
      const { url: write } = await sign(harness, { key: mine, action: 'write' });
      await refused(harness, read.replace('/mine', '/other'));
      await refused(harness, write.replace('/mine', '/other'), { method: 'PUT', body: 'x' });
      await refused(harness, read, { method: 'PUT', body: 'x' });
      await refused(harness, read, { method: 'DELETE' });
      await refused(harness, write);
      await refused(harness, write, { method: 'DELETE' });
      for (const name of new URL(read).searchParams.keys()) {
        const altered = new URL(read);
        const value = altered.searchParams.get(name) ?? '';
        altered.searchParams.set(name, /^\d+$/.test(value) ? `${value}0` : `${value}x`);
        await refused(harness, altered.href);
        altered.searchParams.delete(name);
        await refused(harness, altered.href);
      }
      assert.deepEqual([await textAt(harness, mine), await textAt(harness, other)], [mine, other]);
      assert.equal((await harness.request(read)).status, 200, 'the URL itself went bad');
    },
  },
  {
    name: 'a signed URL ends when it says',
    needs: 'signed-urls',
    run: async (harness) => {
      const at = key();
      await call(harness, 'put', { key: at, body: 'x' });
      const expiresInSeconds = 60;
      const { url: read } = await sign(harness, { key: at, action: 'read', expiresInSeconds });
      const { url: write } = await sign(harness, { key: at, action: 'write', expiresInSeconds });
      await harness.pass(50_000);
      assert.equal((await harness.request(read)).status, 200, 'it ended too early');
      await harness.pass(11_000);
      await refused(harness, read);
      await refused(harness, write, { method: 'PUT', body: 'late' });
      assert.equal(await textAt(harness, at), 'x');
    },
  },
  {
    name: 'a signed URL of an absent object answers 404',
    needs: 'signed-urls',
    run: async (harness) => {
      const { url } = await sign(harness, { key: key(), action: 'read' });
      assert.equal((await harness.request(url)).status, 404);
    },
  },
];
