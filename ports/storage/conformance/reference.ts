import { createHash, createHmac } from 'node:crypto';
import { type ErrorCode, isSocleError, SocleError } from '@socle/kernel';
import { type StoragePort, storage } from '../contract.ts';
import type { StorageHarness } from './harness.ts';

export interface Stored {
  readonly content: Buffer;
  readonly contentType: string;
  readonly modifiedAt: string;
}

const fail = (code: ErrorCode, message: string): never => {
  throw new SocleError(code, message, { applied: 'no' });
};
const sign = (parts: readonly string[]): string =>
  createHmac('sha256', 'reference').update(JSON.stringify(parts)).digest('hex');

function streamOf(content: Buffer): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull: (controller) => {
      const chunk = content.subarray(sent, sent + 65_536);
      if (chunk.byteLength === 0) return controller.close();
      sent += chunk.byteLength;
      controller.enqueue(Uint8Array.from(chunk));
    },
  });
}

/** A right adapter in memory: what the suite's own test breaks on purpose. Nothing else uses it. */
export function createReference(): StorageHarness & { readonly objects: Map<string, Stored> } {
  const objects = new Map<string, Stored>();
  let now = Date.now();

  const find = (key: string): Stored => objects.get(key) ?? fail('not_found', 'no such object');
  const infoOf = (key: string, { content, contentType, modifiedAt }: Stored) => ({
    key,
    sizeBytes: content.byteLength,
    contentType,
    etag: createHash('sha256').update(content).digest('hex'),
    modifiedAt,
  });
  const read = async (
    body: string | Uint8Array | ReadableStream<Uint8Array>,
    { maxBytes = Number.POSITIVE_INFINITY, signal }: { maxBytes: number | undefined; signal: AbortSignal },
  ): Promise<Buffer> => {
    signal.throwIfAborted();
    const stream = body instanceof ReadableStream ? body : new Blob([body as string]).stream();
    const reader = stream.getReader();
    const stop = (): void => void reader.cancel(signal.reason);
    signal.addEventListener('abort', stop);
    const chunks: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return Buffer.concat(chunks);
      chunks.push(value);
      size += value.byteLength;
      if (size <= maxBytes) continue;
      await reader.cancel();
      fail('invalid_argument', 'too large');
    }
  };

  const adapter: StoragePort = {
    put: async ({ key, body, contentType, ifAbsent, maxBytes }, { signal }) => {
      const content = await read(body, { maxBytes, signal });
      if (ifAbsent && objects.has(key)) fail('precondition_failed', 'it exists');
      const stored = { content, contentType, modifiedAt: new Date(now).toISOString() };
      objects.set(key, stored);
      return infoOf(key, stored);
    },
    get: async ({ key, range }) => {
      const stored = find(key);
      const { content } = stored;
      const end = Math.min(range?.end ?? Number.POSITIVE_INFINITY, content.byteLength - 1);
      if (range && range.start > end) fail('invalid_argument', 'nothing there');
      const part = range ? content.subarray(range.start, end + 1) : content;
      return { ...infoOf(key, stored), body: streamOf(part) };
    },
    head: async ({ key }) => infoOf(key, find(key)),
    list: async ({ prefix, limit, cursor }) => {
      if (cursor && !/^[0-9a-f]+$/.test(cursor)) fail('invalid_argument', 'not a cursor');
      const after = Buffer.from(cursor ?? '', 'hex');
      const keys = [...objects.keys()]
        .filter((key) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), after) > 0)
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const page = keys.slice(0, limit).map((key) => infoOf(key, find(key)));
      if (keys.length <= limit) return { objects: page };
      return { objects: page, nextCursor: Buffer.from(page.at(-1)?.key ?? '').toString('hex') };
    },
    delete: async ({ keys }) => ({ deleted: keys.filter((key) => objects.delete(key)).length }),
    signUrl: async ({ key, action, expiresInSeconds, contentType = '' }) => {
      const expires = String(now + expiresInSeconds * 1000);
      const signature = sign([key, action, expires, contentType]);
      const query = new URLSearchParams({ action, expires, signature });
      if (contentType) query.set('type', contentType);
      return {
        url: `http://files.test/${encodeURIComponent(key).replaceAll('%2F', '/')}?${query}`,
        method: action === 'read' ? ('GET' as const) : ('PUT' as const),
        expiresAt: new Date(Number(expires)).toISOString(),
      };
    },
  };

  const request = async (address: string, { method = 'GET', body, headers }: RequestInit = {}) => {
    const { pathname, searchParams: query } = new URL(address);
    const key = decodeURIComponent(pathname.slice(1));
    const [action, expires, type] = ['action', 'expires', 'type'].map((name) => query.get(name) ?? '');
    const isMine = query.get('signature') === sign([key, action ?? '', expires ?? '', type ?? '']);
    const contentType = new Headers(headers).get('content-type') ?? 'text/plain';
    if (!isMine || Number(expires) <= now || method !== (action === 'read' ? 'GET' : 'PUT'))
      return new Response(null, { status: 403 });
    if (type && contentType !== type) return new Response(null, { status: 403 });
    if (method === 'PUT') {
      const content = Buffer.from(String(body));
      objects.set(key, { content, contentType, modifiedAt: new Date(now).toISOString() });
      return new Response(null);
    }
    const stored = objects.get(key);
    if (!stored) return new Response(null, { status: 404 });
    return new Response(Uint8Array.from(stored.content), { headers: { 'content-type': stored.contentType } });
  };

  return {
    objects,
    adapter,
    second: adapter,
    capabilities: storage.capabilities,
    toError: (thrown) =>
      isSocleError(thrown) ? thrown : new SocleError('internal', 'failed', { applied: 'unknown' }, thrown),
    pass: async (ms) => {
      now += ms;
    },
    leftovers: async () => 0,
    request,
    logged: () => '',
    secrets: ['reference-secret'],
    close: async () => {},
  };
}
