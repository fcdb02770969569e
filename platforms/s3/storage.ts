import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type Host, SocleError } from '@socle/kernel';
import type { StoragePort } from '@socle/port-storage';
import { createClient } from './client.ts';
import { createEraser } from './erase.ts';
import { refuse } from './parts.ts';
import type { Settings } from './settings.ts';
import { decodeKey, etagOf, infoOf, wholeSize } from './translate.ts';
import { upload } from './upload.ts';

/** Objects in one bucket. */
export function create(settings: Settings, host: Host): StoragePort & { close(): Promise<void> } {
  const client = createClient(settings, host);
  const Bucket = settings.bucket;
  const eraser = createEraser(client, Bucket);

  return {
    put: async ({ key, body, contentType, ifAbsent = false, maxBytes }, { signal }) => {
      const object = { Bucket, Key: key, ContentType: headerOf(contentType) };
      const { etag, sizeBytes } = await upload(client, host.log, {
        object,
        body,
        ifAbsent,
        maxBytes,
        signal,
      });
      // S3 does not tell its own time with an upload; a HEAD would cost a request
      const modifiedAt = host.clock.now().toISOString();
      return { key, sizeBytes, contentType, etag: etagOf(etag), modifiedAt };
    },

    get: async ({ key, range }, { signal }) => {
      const part = range && { Range: rangeOf(range) };
      const get = new GetObjectCommand({ Bucket, Key: key, ...part });
      const { Body, ...told } = await client.send(get, { abortSignal: signal });
      if (!Body) throw new SocleError('vendor_contract', 'S3 answered without a body');
      const ContentLength = part ? wholeSize(told.ContentRange) : told.ContentLength;
      return { ...infoOf(key, { ...told, ContentLength }), body: Body.transformToWebStream() };
    },

    head: async ({ key }, { signal }) => {
      const head = new HeadObjectCommand({ Bucket, Key: key });
      return infoOf(key, await client.send(head, { abortSignal: signal }));
    },

    list: async ({ prefix, limit, cursor }, { signal }) => {
      const list = new ListObjectsV2Command({
        Bucket,
        Prefix: prefix,
        MaxKeys: limit,
        EncodingType: 'url',
        ...(cursor === undefined ? {} : { ContinuationToken: cursor }),
      });
      const page = await client.send(list, { abortSignal: signal });
      const objects = (page.Contents ?? []).map(({ Key, Size, ...told }) => {
        const info = infoOf(decodeKey(Key, page.EncodingType), { ...told, ContentLength: Size });
        const { contentType: _, ...listed } = info;
        return listed;
      });
      const { NextContinuationToken: nextCursor } = page;
      return page.IsTruncated && nextCursor !== undefined ? { objects, nextCursor } : { objects };
    },

    delete: async ({ keys }, { signal }) => ({ deleted: await eraser.erase(keys, signal) }),

    signUrl: async ({ key, action, expiresInSeconds, contentType }) => {
      const at = { Bucket, Key: key };
      const isTyped = action === 'write' && contentType !== undefined;
      const put = new PutObjectCommand(isTyped ? { ...at, ContentType: headerOf(contentType) } : at);
      const now = host.clock.now();
      const url = await getSignedUrl(client, action === 'read' ? new GetObjectCommand(at) : put, {
        expiresIn: expiresInSeconds,
        signingDate: now,
        // else the one who uploads chooses the type
        ...(isTyped ? { signableHeaders: new Set(['host', 'content-type']) } : {}),
      });
      // the signature counts from a whole second
      const from = Math.floor(now.getTime() / 1000);
      const expiresAt = new Date((from + expiresInSeconds) * 1000).toISOString();
      return { url, method: action === 'read' ? 'GET' : 'PUT', expiresAt };
    },

    close: async () => client.destroy(),
  };
}

/** S3 answers the whole object to a range that ends before it begins. */
function rangeOf({ start, end }: { start: number; end?: number | undefined }): string {
  if (end !== undefined && end < start) throw refuse('the range ends before it begins');
  return `bytes=${start}-${end ?? ''}`;
}

/** Anything else would split the request or change the signature. */
function headerOf(contentType: string): string {
  if (/^[!-~]([ -~]*[!-~])?$/.test(contentType)) return contentType;
  throw refuse('the content type must be printable ASCII');
}
