import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toError } from './errors.ts';
import { s3 } from './platform.ts';
import { create } from './storage.ts';
import { settingsOf, testHost } from './testing.ts';

/** A server of other people: what our fake and our adapter misunderstand alike shows here. It checks no signature. */
interface S3rver {
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
}
type S3rverClass = new (options: object) => S3rver;

let directory = '';
let server: S3rver;
let env: Record<string, string> = {};
const call = () => ({ signal: AbortSignal.timeout(20_000), idempotencyKey: crypto.randomUUID() });
const contentType = 'text/plain';
const adapter = () => create(settingsOf(env), testHost());

beforeAll(async () => {
  const S3rver = createRequire(import.meta.url)('s3rver') as S3rverClass;
  directory = await mkdtemp(join(tmpdir(), 's3rver-'));
  server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: 'files' }, { name: 'empty' }],
  });
  const { port } = await server.run();
  env = {
    S3_ENDPOINT: `http://127.0.0.1:${port}`,
    S3_BUCKET: 'files',
    S3_ACCESS_KEY_ID: 'S3RVER',
    S3_SECRET_ACCESS_KEY: 'S3RVER',
  };
});
afterAll(async () => {
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

test('puts, describes, reads whole and in part', async () => {
  const port = adapter();
  const key = 'ünï/a +%&b.txt';
  const put = await port.put({ key, body: '0123456789', contentType }, call());
  const head = await port.head({ key }, call());
  expect(head).toMatchObject({ key, sizeBytes: 10, contentType, etag: put.etag });
  const range = { start: 2, end: 4 };
  const got = await port.get({ key, range }, call());
  expect([got.sizeBytes, await new Response(got.body).text()]).toEqual([10, '234']);
  const absent = await port.get({ key: 'absent' }, call()).catch(toError);
  expect(absent).toMatchObject({ code: 'not_found' });
});

test('streams in parts', async () => {
  const port = adapter();
  const bytes = Buffer.alloc(9_000_000, 'abcdefg');
  const { sizeBytes } = await port.put(
    { key: 'large', body: new Blob([bytes]).stream(), contentType },
    call(),
  );
  const { body } = await port.get({ key: 'large' }, call());
  expect(sizeBytes).toBe(bytes.byteLength);
  expect(bytes.equals(Buffer.from(await new Response(body).arrayBuffer()))).toBe(true);
});

test('lists by prefix, and deletes where the server knows no versions', async () => {
  const port = adapter();
  const keys = ['list/a b', 'list/b%41', 'list/c'];
  for (const key of keys) await port.put({ key, body: key, contentType }, call());
  const { objects } = await port.list({ prefix: 'list/', limit: 10 }, call());
  expect(objects.map((one) => one.key)).toEqual(keys);
  expect(await port.delete({ keys: [...keys, 'list/never'] }, call())).toEqual({ deleted: 3 });
  expect(await port.list({ prefix: 'list/', limit: 10 }, call())).toEqual({ objects: [] });
});

test('signs URLs that work through plain HTTP', async () => {
  const port = adapter();
  const at = { key: 'signed.txt', expiresInSeconds: 60 };
  const write = await port.signUrl({ ...at, action: 'write', contentType }, call());
  const init = { method: 'PUT', body: 'hello', headers: { 'content-type': contentType } };
  expect((await fetch(write.url, init)).status).toBe(200);
  const { url } = await port.signUrl({ ...at, action: 'read' }, call());
  expect(await (await fetch(url)).text()).toBe('hello');
});

test('verifies, and names a bucket that is not there', async () => {
  const host = testHost();
  // its continuation tokens need a cipher that OpenSSL dropped: lists must end on their first page
  await s3.verify(settingsOf({ ...env, S3_BUCKET: 'empty' }), host, call().signal);
  const wrong = settingsOf({ ...env, S3_BUCKET: 'missing' });
  const error = await s3.verify(wrong, host, call().signal).catch(toError);
  expect(error).toMatchObject({ code: 'misconfigured' });
});
