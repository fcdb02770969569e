import { SocleError } from '@socle/kernel';
import { expect, test } from 'vitest';
import { type StoragePort, storage } from '../contract.ts';
import type { StorageHarness } from './harness.ts';
import { casesFor, storageConformance } from './index.ts';
import { createReference } from './reference.ts';

const { capabilities } = storage;
storageConformance({
  name: 'reference in memory',
  networked: false,
  capabilities,
  start: async () => createReference(),
});

type Reference = ReturnType<typeof createReference>;
type Breakage = (right: Reference) => Partial<StoragePort> | { harness: Partial<StorageHarness> };

/** Each is a mistake that a real adapter has made or would make. */
const BREAKAGES: Readonly<Record<string, Breakage>> = {
  'forgets the content type': ({ adapter }) => ({
    put: (input, call) => adapter.put({ ...input, contentType: 'application/octet-stream' }, call),
  }),
  'ignores ifAbsent': ({ adapter }) => ({
    put: ({ ifAbsent: _, ...input }, call) => adapter.put(input, call),
  }),
  'looks first and writes later, so that several win': ({ adapter, objects }) => ({
    put: async ({ ifAbsent, ...input }, call) => {
      if (ifAbsent && objects.has(input.key)) throw new SocleError('precondition_failed', 'there');
      await new Promise((resolve) => setImmediate(resolve));
      return adapter.put(input, call);
    },
  }),
  'ignores maxBytes': ({ adapter }) => ({
    put: async ({ maxBytes, ...input }, call) => {
      const isEndless = input.body instanceof ReadableStream && maxBytes !== undefined && maxBytes > 1e6;
      return adapter.put(isEndless ? { ...input, maxBytes } : input, call);
    },
  }),
  'is one byte too generous with maxBytes': ({ adapter }) => ({
    put: (input, call) =>
      adapter.put(input.maxBytes ? { ...input, maxBytes: input.maxBytes + 1 } : input, call),
  }),
  'counts maxBytes in characters': ({ adapter }) => ({
    put: (input, call) => {
      const isShort = typeof input.body === 'string' && input.body.length <= (input.maxBytes ?? 0);
      return adapter.put(isShort ? { ...input, maxBytes: 1e6 } : input, call);
    },
  }),
  'leaves what it had when an upload breaks': ({ adapter, objects }) => ({
    put: async (input, call) => {
      try {
        return await adapter.put(input, call);
      } catch (thrown) {
        if (input.body instanceof ReadableStream && !objects.has(input.key))
          await adapter.put({ ...input, body: 'half' }, { ...call, signal: new AbortController().signal });
        throw thrown;
      }
    },
  }),
  'leaves unfinished uploads behind': () => ({ harness: { leftovers: async () => 1 } }),
  'keeps one etag for a key': ({ adapter }) => {
    const same = async <T extends { key: string }>(info: Promise<T>) => ({ ...(await info), etag: 'same' });
    return {
      put: (input, call) => same(adapter.put(input, call)),
      get: (input, call) => same(adapter.get(input, call)),
      head: (input, call) => same(adapter.head(input, call)),
    };
  },
  'answers an absent object with an empty one': ({ adapter }) => ({
    head: async (input, call) =>
      adapter.head(input, call).catch(() => ({
        key: input.key,
        sizeBytes: 0,
        contentType: 'text/plain',
        etag: 'none',
        modifiedAt: new Date().toISOString(),
      })),
  }),
  'folds case': ({ adapter }) => ({
    put: (input, call) => adapter.put({ ...input, key: input.key.toLowerCase() }, call),
    get: (input, call) => adapter.get({ ...input, key: input.key.toLowerCase() }, call),
    head: (input, call) => adapter.head({ ...input, key: input.key.toLowerCase() }, call),
  }),
  'normalises unicode': ({ adapter }) => ({
    put: (input, call) => adapter.put({ ...input, key: input.key.normalize() }, call),
    get: (input, call) => adapter.get({ ...input, key: input.key.normalize() }, call),
  }),
  'sorts in UTF-16': ({ adapter }) => ({
    list: async (input, call) => {
      const { objects } = await adapter.list({ prefix: input.prefix, limit: 1000 }, call);
      const sorted = objects.toSorted((a, b) => (a.key < b.key ? -1 : 1));
      const from = Number(input.cursor ?? 0);
      if (Number.isNaN(from)) throw new SocleError('invalid_argument', 'not a cursor');
      const page = sorted.slice(from, from + input.limit);
      return sorted.length > from + input.limit
        ? { objects: page, nextCursor: String(from + input.limit) }
        : { objects: page };
    },
  }),
  'pages by offset': ({ adapter }) => ({
    list: async (input, call) => {
      const { objects } = await adapter.list({ prefix: input.prefix, limit: 1000 }, call);
      const from = Number(input.cursor ?? 0);
      if (Number.isNaN(from)) throw new SocleError('invalid_argument', 'not a cursor');
      const page = objects.slice(from, from + input.limit);
      return objects.length > from + input.limit
        ? { objects: page, nextCursor: String(from + input.limit) }
        : { objects: page };
    },
  }),
  'promises a page after a full last one': ({ adapter }) => ({
    list: async (input, call) => {
      const page = await adapter.list(input, call);
      const last = page.objects.at(-1);
      if (!last || page.objects.length < input.limit) return page;
      return { nextCursor: Buffer.from(last.key).toString('hex'), ...page };
    },
  }),
  'takes a prefix for a pattern': ({ adapter }) => ({
    list: (input, call) => adapter.list({ ...input, prefix: input.prefix.replace(/[%_*].*$/, '') }, call),
  }),
  'takes a prefix for a folder': ({ adapter }) => ({
    delete: async ({ keys }, call) => {
      const all = await adapter.list({ prefix: '', limit: 1000 }, call);
      const below = all.objects.map((one) => one.key);
      const gone = below.filter((key) => keys.some((one) => key === one || key.startsWith(`${one}/`)));
      await adapter.delete({ keys: gone }, call);
      return { deleted: keys.filter((one) => below.includes(one)).length };
    },
  }),
  'counts deletions that were none': ({ adapter }) => ({
    delete: async ({ keys }, call) => {
      await adapter.delete({ keys }, call);
      return { deleted: keys.length };
    },
  }),
  'takes the end of a range for exclusive': ({ adapter }) => ({
    get: ({ key, range }, call) => {
      const end = range?.end ? { end: range.end - 1 } : {};
      return adapter.get(range ? { key, range: { start: range.start, ...end } } : { key }, call);
    },
  }),
  'answers an empty range with nothing': ({ adapter }) => ({
    get: async ({ key, range }, call) => {
      try {
        return await adapter.get(range ? { key, range } : { key }, call);
      } catch (thrown) {
        if (!range || !(thrown instanceof SocleError) || thrown.code !== 'invalid_argument') throw thrown;
        return { ...(await adapter.head({ key }, call)), body: new Blob([]).stream() };
      }
    },
  }),
  'does not check what it signed': ({ request, adapter, objects }) => ({
    harness: {
      request: async (url, init) => {
        const honest = await request(url, init);
        const key = decodeURIComponent(new URL(url).pathname.slice(1));
        if (honest.status !== 403 || init?.method || !objects.has(key)) return honest;
        const { body } = await adapter.get(
          { key },
          { signal: new AbortController().signal, idempotencyKey: '' },
        );
        return new Response(body);
      },
    },
  }),
  'signs no content type': ({ adapter }) => ({
    signUrl: ({ contentType: _, ...input }, call) => adapter.signUrl(input, call),
  }),
  'signs for longer than asked': ({ adapter }) => ({
    signUrl: (input, call) =>
      adapter.signUrl({ ...input, expiresInSeconds: input.expiresInSeconds + 3600 }, call),
  }),
  'puts a secret into an error': ({ adapter }) => ({
    get: (input, call) =>
      adapter.get(input, call).catch(() => {
        throw new SocleError('not_found', 'GET with key reference-secret: no such object');
      }),
  }),
};

test.each(Object.entries(BREAKAGES))('the suite rejects an adapter that %s', async (_, breakage) => {
  const failed: string[] = [];
  const right = createReference();
  const broken = breakage(right);
  const harness: StorageHarness =
    'harness' in broken
      ? { ...right, ...broken.harness }
      : { ...right, adapter: { ...right.adapter, ...broken }, second: { ...right.adapter, ...broken } };
  for (const one of casesFor({ networked: false, capabilities })) {
    await one.run(harness).catch(() => failed.push(one.name));
    if (failed.length > 0) break;
  }
  expect(failed).not.toEqual([]);
});

test('an adapter that declares less must answer unsupported', async () => {
  const right = createReference();
  const run = (harness: StorageHarness) =>
    Promise.all(casesFor({ networked: false, capabilities: [] }).map((one) => one.run(harness)));
  await expect(run({ ...right, capabilities: [] })).rejects.toThrow();
  const unsupported = async () => {
    throw new SocleError('unsupported', 'not here', { applied: 'no' });
  };
  const honest: StoragePort = {
    ...right.adapter,
    get: (input, call) => (input.range ? unsupported() : right.adapter.get(input, call)),
    signUrl: unsupported,
  };
  await run({ ...right, capabilities: [], adapter: honest, second: honest });
});
