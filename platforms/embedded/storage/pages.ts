import { type Host, isSocleError } from '@socle/kernel';
import { create } from '../storage.ts';
import { signingKey } from './context.ts';
import { type Opened, openObject, type Range } from './read.ts';
import { type Grant, grantOf } from './sign.ts';

/** As S3 for one upload. */
const MAX_UPLOAD_BYTES = 5 * 1024 ** 3;
/** Shown by the browser; everything else is offered as a download, because it could hold a script. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif|bmp)|application\/pdf|text\/plain)$/;
/** As the port takes it. */
const MEDIA_TYPE = /^[\x21-\x7e][\x20-\x7e]{0,254}$/;
const STATUS: Readonly<Record<string, number>> = {
  not_found: 404,
  invalid_argument: 400,
  precondition_failed: 412,
};

/** Signed URLs of stored objects: `/embedded/files/<key>?…`. */
export function createFilePages(host: Host): (request: Request) => Promise<Response> {
  const storage = create({}, host);

  return async (request) => {
    const grant = grantOf(new URL(request.url), await signingKey(host));
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
    const { signal, headers } = request;
    const info = await storage.head({ key }, { signal, idempotencyKey: '' });
    if (headers.get('if-none-match') === `"${info.etag}"`) {
      return new Response(null, { status: 304, headers: { ...HEADERS, etag: `"${info.etag}"` } });
    }
    if (request.method === 'HEAD') return answer({ ...info, body: null });
    const range = rangeOf(headers.get('range'), info.sizeBytes);
    if (range && range.start >= info.sizeBytes) {
      const contentRange = { 'content-range': `bytes */${info.sizeBytes}` };
      return new Response(null, { status: 416, headers: { ...HEADERS, ...contentRange } });
    }
    return answer(await openObject(host, { key, range, signal }), range ? 206 : 200);
  }

  async function take({ key, contentType }: Grant, request: Request): Promise<Response> {
    if (Number(request.headers.get('content-length') ?? 0) > MAX_UPLOAD_BYTES) {
      return refusal(413, `an upload may have ${MAX_UPLOAD_BYTES} bytes`);
    }
    const told = request.headers.get('content-type') ?? '';
    const { etag } = await storage.put(
      {
        key,
        body: request.body ?? new Uint8Array(),
        contentType: contentType || (MEDIA_TYPE.test(told) ? told : 'application/octet-stream'),
        maxBytes: MAX_UPLOAD_BYTES,
      },
      { signal: request.signal, idempotencyKey: '' },
    );
    return new Response(null, { status: 200, headers: { ...HEADERS, etag: `"${etag}"` } });
  }
}

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, no-cache',
  // the address is the key: no page that this one leads to may learn it
  'referrer-policy': 'no-referrer',
  'content-security-policy': "sandbox; default-src 'none'",
  'cross-origin-resource-policy': 'same-origin',
} as const;

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
      'content-type': contentType,
      'content-length': String(part.length),
      'content-disposition': `${disposition}; filename*=UTF-8''${encoded(name)}`,
      'accept-ranges': 'bytes',
      etag: `"${object.etag}"`,
      'last-modified': new Date(object.modifiedAt).toUTCString(),
      ...(status === 206 ? { 'content-range': `bytes ${part.start}-${last}/${sizeBytes}` } : {}),
    },
  });
}

/** One range of bytes; anything else is ignored, as RFC 9110 §14.2 allows. */
function rangeOf(header: string | null, sizeBytes: number): Range | undefined {
  const [, start = '', end = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (start === '') {
    // the last so many bytes; none of them is a range that holds nothing
    return end === ''
      ? undefined
      : { start: Number(end) === 0 ? sizeBytes : Math.max(0, sizeBytes - Number(end)) };
  }
  if (end !== '' && Number(end) < Number(start)) return undefined;
  return { start: Number(start), ...(end === '' ? {} : { end: Number(end) }) };
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
