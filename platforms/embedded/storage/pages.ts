import { type Host, isSocleError } from '@socle/kernel';
import { create } from '../storage.ts';
import { refuse, signingKey } from './context.ts';
import { type Opened, openObject, type Range } from './read.ts';
import { type Grant, grantOf } from './sign.ts';

/** As S3 for one upload. */
const MAX_UPLOAD_BYTES = 5 * 1024 ** 3;
/** Shown by the browser; everything else is offered as a download, because it could hold a script. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif|bmp)|application\/pdf|text\/plain)$/;
const STATUS: Readonly<Record<string, number>> = {
  not_found: 404,
  invalid_argument: 400,
  precondition_failed: 412,
};

/** Signed URLs of stored objects: `/embedded/files/<key>?…`. */
export function createFilePages(host: Host): (request: Request) => Promise<Response> {
  const storage = create({}, host);
  let secret: Promise<Uint8Array> | undefined;

  return async (request) => {
    secret ??= signingKey(host).catch((thrown: unknown) => {
      secret = undefined;
      throw thrown;
    });
    const grant = grantOf(new URL(request.url), await secret);
    if (!grant || grant.expiresAt <= host.clock.now().getTime() || !allows(grant, request)) {
      return refusal(403, 'this link is not valid, or no longer');
    }
    try {
      return grant.action === 'read' ? await show(grant, request) : await take(grant, request);
    } catch (thrown) {
      const status = isSocleError(thrown) ? STATUS[thrown.code] : undefined;
      if (status === undefined || !isSocleError(thrown)) throw thrown;
      return refusal(status, thrown.message);
    }
  };

  async function show({ key }: Grant, request: Request): Promise<Response> {
    const range = rangeOf(request.headers.get('range'));
    const { signal } = request;
    if (range === 'suffix' || request.method === 'HEAD') {
      const info = await storage.head({ key }, { signal, idempotencyKey: '' });
      if (request.method === 'HEAD') return answer({ ...info, body: null });
      return part(key, { start: Math.max(0, info.sizeBytes - suffixOf(request)), signal });
    }
    return range ? part(key, { ...range, signal }) : answer(await openObject(host, { key, signal }));
  }

  async function part(key: string, { signal, ...range }: Range & { signal: AbortSignal }): Promise<Response> {
    try {
      return answer(await openObject(host, { key, range, signal }), 206);
    } catch (thrown) {
      if (!isSocleError(thrown) || thrown.code !== 'invalid_argument') throw thrown;
      const { sizeBytes } = await storage.head({ key }, { signal, idempotencyKey: '' });
      const headers = { ...HEADERS, 'content-range': `bytes */${sizeBytes}` };
      return new Response(null, { status: 416, headers });
    }
  }

  async function take({ key, contentType }: Grant, request: Request): Promise<Response> {
    if (Number(request.headers.get('content-length') ?? 0) > MAX_UPLOAD_BYTES) {
      throw refuse('invalid_argument', 'the object is too large');
    }
    const { etag } = await storage.put(
      {
        key,
        body: request.body ?? new Uint8Array(),
        contentType: contentType || request.headers.get('content-type') || 'application/octet-stream',
        maxBytes: MAX_UPLOAD_BYTES,
      },
      { signal: request.signal, idempotencyKey: '' },
    );
    return new Response(null, { status: 200, headers: { ...HEADERS, etag: `"${etag}"` } });
  }
}

const HEADERS = { 'x-content-type-options': 'nosniff', 'cache-control': 'private, no-store' } as const;

function allows({ action, contentType }: Grant, { method, headers }: Request): boolean {
  if (action === 'read') return method === 'GET' || method === 'HEAD';
  return method === 'PUT' && (contentType === '' || headers.get('content-type') === contentType);
}

type Shown = Omit<Opened, 'body' | 'part'> & Partial<Pick<Opened, 'part'>> & { body: Opened['body'] | null };

function answer(object: Shown, status = 200): Response {
  const { contentType, sizeBytes, part = { start: 0, length: sizeBytes }, key } = object;
  const [type = ''] = contentType.toLowerCase().split(';');
  const name = key.split('/').at(-1) ?? 'file';
  const disposition = SHOWN.test(type.trim()) ? 'inline' : 'attachment';
  const last = part.start + part.length - 1;
  return new Response(object.body, {
    status,
    headers: {
      ...HEADERS,
      'cache-control': 'private, no-cache',
      'content-type': contentType,
      'content-length': String(part.length),
      'content-disposition': `${disposition}; filename*=UTF-8''${encoded(name)}`,
      'content-security-policy': "sandbox; default-src 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'accept-ranges': 'bytes',
      etag: `"${object.etag}"`,
      'last-modified': new Date(object.modifiedAt).toUTCString(),
      ...(status === 206 ? { 'content-range': `bytes ${part.start}-${last}/${sizeBytes}` } : {}),
    },
  });
}

/** One range of bytes; anything else is ignored, as RFC 9110 §14.2 allows. */
function rangeOf(header: string | null): Range | 'suffix' | undefined {
  const [, start = '', end = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (start === '') return end === '' ? undefined : 'suffix';
  if (end !== '' && Number(end) < Number(start)) return undefined;
  return { start: Number(start), ...(end === '' ? {} : { end: Number(end) }) };
}

function suffixOf(request: Request): number {
  return Number((request.headers.get('range') ?? '').slice('bytes=-'.length));
}

/** RFC 8187. */
function encoded(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
}

function refusal(status: number, message: string): Response {
  return new Response(`${message}\n`, {
    status,
    headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' },
  });
}
