import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partOf } from './read.ts';
import { type Grant, grantOf, pathOf } from './sign.ts';
import { type EmbeddedStorage, startEmbeddedStorage } from './testing/harness.ts';

let storage: EmbeddedStorage;
beforeAll(async () => {
  storage = await startEmbeddedStorage();
});
afterAll(() => storage.close());

const call = () => ({ signal: AbortSignal.timeout(30_000), idempotencyKey: crypto.randomUUID() });

async function share(key: string, contentType: string, body = '0123456789'): Promise<string> {
  await storage.adapter.put({ key, body, contentType }, call());
  return link(key, 'read');
}

async function link(key: string, action: 'read' | 'write'): Promise<string> {
  return (await storage.adapter.signUrl({ key, action, expiresInSeconds: 900 }, call())).url;
}

test.each([
  ['image/png', 'inline'],
  ['IMAGE/JPEG', 'inline'],
  ['application/pdf', 'inline'],
  ['text/plain; charset=utf-8', 'inline'],
  ['image/svg+xml', 'attachment'],
  ['text/html', 'attachment'],
  ['text/plain, text/html', 'attachment'],
  ['application/xhtml+xml', 'attachment'],
  ['text/javascript', 'attachment'],
  ['application/octet-stream', 'attachment'],
])('%s is shown as %s, and can run nothing', async (contentType, disposition) => {
  const { headers } = await fetch(await share('a/file', contentType));
  expect(headers.get('content-disposition')).toMatch(new RegExp(`^${disposition}; `));
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
  expect(headers.get('cache-control')).toMatch(/^private/);
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});

test('a name cannot break out of its header', async () => {
  const { headers } = await fetch(await share(`a/é"; filename='x'(*).txt`, 'text/plain'));
  expect(headers.get('content-disposition')).toBe(
    "inline; filename*=UTF-8''%C3%A9%22%3B%20filename%3D%27x%27%28%2a%29.txt",
  );
});

test.each([
  ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=-3', 206, '789', 'bytes 7-9/10'],
  ['bytes=-50', 206, '0123456789', 'bytes 0-9/10'],
  ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
  ['bytes=10-', 416, '', 'bytes */10'],
  ['bytes=-0', 416, '', 'bytes */10'],
  ['bytes=4-2', 200, '0123456789', null],
  ['bytes=0-1,3-4', 200, '0123456789', null],
  ['lines=1-2', 200, '0123456789', null],
  ['bytes=-', 200, '0123456789', null],
])('range %s answers %i', async (range, status, text, contentRange) => {
  const response = await fetch(await share('range', 'text/plain'), { headers: { range } });
  expect([response.status, await response.text(), response.headers.get('content-range')]).toEqual([
    status,
    text,
    contentRange,
  ]);
});

test('HEAD tells all but the content; a known etag is answered with 304', async () => {
  const url = await share('head', 'text/plain');
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  const etag = head.headers.get('etag') ?? '';
  const again = await fetch(url, { headers: { 'if-none-match': etag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

test('an upload without a content type, or with an odd one, is bytes', async () => {
  const url = await link('odd', 'write');
  await fetch(url, { method: 'PUT', body: new Uint8Array([1]) });
  expect((await storage.adapter.head({ key: 'odd' }, call())).contentType).toBe('application/octet-stream');
  await fetch(url, { method: 'PUT', body: 'x', headers: { 'content-type': 'text/ü' } });
  expect((await storage.adapter.head({ key: 'odd' }, call())).contentType).toBe('application/octet-stream');
});

test('a replaced signing key ends every link at once; a new one is made', async () => {
  const url = await share('rotated', 'text/plain');
  await storage.database.sql.query('delete from socle_embedded.signing_keys');
  expect((await fetch(url)).status).toBe(403);
  expect((await fetch(await link('rotated', 'read'))).status).toBe(200);
});

test('five that ask for the first link at once get one key', async () => {
  const { sql } = storage.database;
  await sql.query('delete from socle_embedded.signing_keys');
  const asked: Promise<string>[] = [];
  await sql.transaction(async (inside) => {
    // reads pass, writes wait: all of them find no key
    await inside.query('lock table socle_embedded.signing_keys in exclusive mode');
    asked.push(...Array.from({ length: 5 }, () => link('rotated', 'read')));
    const waiting = () =>
      sql.query(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      );
    await expect.poll(async () => (await waiting()).length).toBe(5);
  });
  for (const url of await Promise.all(asked)) expect((await fetch(url)).status).toBe(200);
});

test('paths that nobody signed are refused, and unknown pages are 404', async () => {
  const { publicBaseUrl } = storage.host.local();
  for (const path of ['files/x', 'files/', 'files/%E0%A4%A?action=read&expires=1&signature=x'])
    expect((await fetch(`${publicBaseUrl}/embedded/${path}`)).status, path).toBe(403);
  for (const path of ['', 'none', '__proto__', 'constructor/x'])
    expect((await fetch(`${publicBaseUrl}/embedded/${path}`)).status, path).toBe(404);
});

const secret = new Uint8Array(32).fill(7);
const grants: fc.Arbitrary<Grant> = fc.record({
  key: fc.string({ unit: 'grapheme', minLength: 1 }).filter((key) => !/^\.{0,2}$|\/|\p{Cc}/u.test(key)),
  action: fc.constantFrom('read', 'write'),
  expiresAt: fc.integer({ min: 0, max: 4e12 }),
  contentType: fc.string({ minLength: 0, maxLength: 20 }),
});
const urlOf = (path: string) => new URL(path, 'http://files.test');

test('any grant comes back from its URL, and from no other secret', () => {
  fc.assert(
    fc.property(grants, (grant) => {
      const path = pathOf(grant, secret);
      expect(grantOf(urlOf(path), secret)).toEqual(grant);
      expect(grantOf(urlOf(path), new Uint8Array(32))).toBeUndefined();
    }),
  );
});

test('two different grants never share a signature', () => {
  fc.assert(
    fc.property(grants, grants, (one, two) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(two));
      const signature = urlOf(pathOf(one, secret)).searchParams.get('signature') ?? '';
      const stolen = urlOf(pathOf(two, secret));
      stolen.searchParams.set('signature', signature);
      expect(grantOf(stolen, secret)).toBeUndefined();
    }),
  );
});

test('what one field ends with is not what the next begins with', () => {
  const long: Grant = { key: 'a1', action: 'read', expiresAt: 23, contentType: '' };
  const signature = urlOf(pathOf(long, secret)).searchParams.get('signature') ?? '';
  const shifted = urlOf(pathOf({ ...long, key: 'a', expiresAt: 123 }, secret));
  shifted.searchParams.set('signature', signature);
  expect(grantOf(shifted, secret)).toBeUndefined();
});

test('a part is what slicing gives, or is refused', () => {
  const sizes = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(sizes, sizes, fc.option(sizes, { nil: undefined }), (size, start, end) => {
      const bytes = Array.from({ length: size }, (_, index) => index);
      const expected = bytes.slice(start, end === undefined ? undefined : end + 1);
      if (expected.length === 0) expect(() => partOf(size, { start, end })).toThrow(/holds nothing/);
      else expect(partOf(size, { start, end })).toEqual({ start, length: expected.length });
    }),
  );
});
