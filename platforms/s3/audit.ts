import assert from 'node:assert/strict';
import { type AuditCheck, isSocleError } from '@socle/kernel';
import { type StoragePort, storage } from '@socle/port-storage';
import type { Settings } from './settings.ts';

const call = () => ({ signal: AbortSignal.timeout(30_000), idempotencyKey: crypto.randomUUID() });
const contentType = 'text/plain';

/** Works under a prefix that names itself, and removes what lies there. */
async function withPrefix(port: StoragePort, work: (prefix: string) => Promise<void>): Promise<void> {
  const prefix = `socle-audit/${crypto.randomUUID()}/`;
  try {
    await work(prefix);
  } finally {
    const { objects } = await port.list({ prefix, limit: 1000 }, call());
    const keys = objects.map((one) => one.key);
    if (keys.length > 0) await port.delete({ keys }, call());
  }
}

async function read(port: StoragePort, key: string, range?: { start: number; end: number }): Promise<string> {
  const { body } = await port.get({ key, ...(range ? { range } : {}) }, call());
  return new Response(body).text();
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'success',
    (thrown: unknown) => (isSocleError(thrown) ? thrown.code : 'internal'),
  );

/** A check of one claim, in a place of its own. */
function check(
  { id, en, fr }: { id: string; en: string; fr: string },
  work: (port: StoragePort, prefix: string) => Promise<void>,
): AuditCheck<Settings> {
  return {
    id,
    title: { en, fr },
    run: (_settings, adapters) => {
      const port = adapters(storage);
      return withPrefix(port, (prefix) => work(port, prefix));
    },
  };
}

export const checks: readonly AuditCheck<Settings>[] = [
  check(
    { id: 'objects', en: 'Stores and reads an object', fr: 'Dépose et lit un objet' },
    async (port, prefix) => {
      const key = `${prefix}ünï +%&.txt`;
      const put = await port.put({ key, body: 'hello', contentType }, call());
      const head = await port.head({ key }, call());
      assert.deepEqual([head.sizeBytes, head.contentType, head.etag], [5, contentType, put.etag]);
      assert.ok((await read(port, key)) === 'hello', 'the content changed');
    },
  ),
  check(
    {
      id: 'parts',
      en: 'Stores a stream of 9 MB in parts',
      fr: 'Dépose un flux de 9 Mo en plusieurs parties',
    },
    async (port, prefix) => {
      const key = `${prefix}large`;
      const body = new Blob([new Uint8Array(9_000_000)]).stream();
      await port.put({ key, body, contentType }, call());
      const { sizeBytes } = await port.head({ key }, call());
      assert.ok(sizeBytes === 9_000_000, 'the size changed');
    },
  ),
  check(
    {
      id: 'if-absent',
      en: 'Refuses to replace when asked to',
      fr: 'Refuse de remplacer quand on le lui demande',
    },
    async (port, prefix) => {
      const put = { key: `${prefix}once`, body: 'first', contentType, ifAbsent: true };
      await port.put(put, call());
      const code = await codeOf(port.put({ ...put, body: 'second' }, call()));
      assert.ok(
        code === 'precondition_failed' && (await read(port, put.key)) === 'first',
        'this server ignores If-None-Match: `ifAbsent` would overwrite',
      );
    },
  ),
  check({ id: 'list', en: 'Lists in pages', fr: 'Liste par pages' }, async (port, prefix) => {
    for (const name of ['a', 'b', 'c'])
      await port.put({ key: `${prefix}${name}`, body: name, contentType }, call());
    const first = await port.list({ prefix, limit: 2 }, call());
    assert.ok(first.nextCursor !== undefined, 'no second page');
    const rest = await port.list({ prefix, limit: 2, cursor: first.nextCursor }, call());
    const names = [...first.objects, ...rest.objects].map((one) => one.key.slice(prefix.length));
    assert.deepEqual([names, rest.nextCursor], [['a', 'b', 'c'], undefined]);
  }),
  check({ id: 'range', en: 'Reads a part', fr: 'Lit une partie' }, async (port, prefix) => {
    const key = `${prefix}range`;
    await port.put({ key, body: '0123456789', contentType }, call());
    assert.ok((await read(port, key, { start: 2, end: 4 })) === '234', 'another part came');
  }),
  check(
    { id: 'signed-url', en: 'Makes a URL that reads', fr: 'Crée une URL de lecture' },
    async (port, prefix) => {
      const key = `${prefix}signed`;
      await port.put({ key, body: 'x', contentType }, call());
      const { url } = await port.signUrl({ key, action: 'read', expiresInSeconds: 60 }, call());
      // the URL itself is for browsers: egress would count it as the adapter's own request
      assert.ok(new URL(url).searchParams.has('X-Amz-Signature'), 'the URL is not signed');
    },
  ),
  check(
    {
      id: 'delete',
      en: 'Deletes every version of an object',
      fr: 'Supprime toutes les versions d’un objet',
    },
    async (port, prefix) => {
      const key = `${prefix}gone`;
      for (const body of ['old', 'new']) await port.put({ key, body, contentType }, call());
      assert.deepEqual(await port.delete({ keys: [key] }, call()), { deleted: 1 });
      assert.ok((await codeOf(port.head({ key }, call()))) === 'not_found', 'the object is still there');
    },
  ),
];
