import type { Bucket, Version } from './bucket.ts';
import { listObjects, listVersions } from './lists.ts';
import { beginUpload, completeUpload, findUpload, putPart } from './multipart.ts';
import { Refusal } from './refusal.ts';
import { readElements, toXml } from './xml.ts';

export interface Asked {
  readonly method: string;
  readonly name: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Buffer;
}

const xml = (body: string): Answer => ({ status: 200, headers: { 'content-type': 'application/xml' }, body });
const quoted = (etag: string) => ({ etag: `"${etag}"` });

/** Runs one request; throws {@link Refusal}. */
export function run(bucket: Bucket, asked: Asked): Answer {
  return asked.key === '' ? onBucket(bucket, asked) : onObject(bucket, asked);
}

function onBucket(bucket: Bucket, { method, name, query, headers, body }: Asked): Answer {
  if (method === 'HEAD') return { status: 200 };
  if (method === 'GET') {
    return xml(query.has('versions') ? listVersions(name, bucket, query) : listObjects(name, bucket, query));
  }
  if (method === 'POST' && query.has('delete')) {
    if (!headers['content-md5'] && !Object.keys(headers).some((one) => one.startsWith('x-amz-checksum-'))) {
      throw new Refusal(400, 'InvalidRequest', 'Missing required header for this request: Content-MD5');
    }
    const objects = readElements(body.toString('utf8'), 'Object');
    for (const { Key = '', VersionId = null } of objects) bucket.remove(Key, VersionId);
    return xml(toXml({ DeleteResult: { Deleted: objects } }));
  }
  throw notAllowed();
}

function onObject(bucket: Bucket, asked: Asked): Answer {
  const { method, key, query, body } = asked;
  const id = query.get('uploadId');
  if (id !== null) return onUpload(bucket, { ...asked, id });
  const ifAbsent = asked.headers['if-none-match'] === '*';
  const contentType = String(asked.headers['content-type'] ?? 'binary/octet-stream');
  if (method === 'POST' && query.has('uploads')) {
    const UploadId = beginUpload(bucket, key, contentType);
    return xml(toXml({ InitiateMultipartUploadResult: { Bucket: asked.name, Key: key, UploadId } }));
  }
  if (method === 'PUT') {
    const { etag, versionId } = bucket.put({ key, contentType, content: body, ifAbsent });
    return { status: 200, headers: { ...quoted(etag), ...versioned(bucket, versionId) } };
  }
  if (method === 'GET' || method === 'HEAD') {
    const found = bucket.find(key, query.get('versionId'));
    return read(found, asked.headers.range);
  }
  if (method === 'DELETE') {
    bucket.remove(key, query.get('versionId'));
    return { status: 204 };
  }
  throw notAllowed();
}

function onUpload(bucket: Bucket, { method, key, query, headers, body, id }: Asked & { id: string }): Answer {
  const upload = findUpload(bucket, key, id);
  if (method === 'PUT')
    return { status: 200, headers: quoted(putPart(upload, query.get('partNumber'), body)) };
  if (method === 'DELETE') {
    bucket.uploads.delete(id);
    return { status: 204 };
  }
  if (method !== 'POST') throw notAllowed();
  const ifAbsent = headers['if-none-match'] === '*';
  const etag = completeUpload(bucket, id, { upload, body: body.toString('utf8'), ifAbsent });
  return xml(toXml({ CompleteMultipartUploadResult: { Key: key, ETag: `"${etag}"` } }));
}

function read(found: Version, range: string | string[] | undefined): Answer {
  const { content, contentType, etag, modifiedAt } = found;
  const headers = {
    'content-type': contentType,
    'last-modified': modifiedAt.toUTCString(),
    'accept-ranges': 'bytes',
    ...quoted(etag),
  };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(String(range ?? '')) ?? [];
  // a range that is none is ignored
  if (from === undefined || (to && Number(to) < Number(from))) return { status: 200, headers, body: content };
  const start = Number(from);
  const end = Math.min(to ? Number(to) : Number.POSITIVE_INFINITY, content.byteLength - 1);
  if (start > end) throw new Refusal(416, 'InvalidRange', 'The requested range is not satisfiable');
  const part = { 'content-range': `bytes ${start}-${end}/${content.byteLength}` };
  return { status: 206, headers: { ...headers, ...part }, body: content.subarray(start, end + 1) };
}

function versioned({ isVersioned }: Bucket, versionId: string): Readonly<Record<string, string>> {
  return isVersioned ? { 'x-amz-version-id': versionId } : {};
}

function notAllowed(): Refusal {
  return new Refusal(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
}
