import { randomBytes } from 'node:crypto';
import { type Bucket, md5, type Upload } from './bucket.ts';
import { Refusal } from './refusal.ts';
import { readElements } from './xml.ts';

const SMALLEST_PART = 5 * 1024 * 1024;

export function beginUpload(bucket: Bucket, key: string, contentType: string): string {
  const id = randomBytes(16).toString('hex');
  bucket.uploads.set(id, { key, contentType, parts: new Map() });
  return id;
}

export function findUpload(bucket: Bucket, key: string, id: string): Upload {
  const found = bucket.uploads.get(id);
  if (found?.key === key) return found;
  throw new Refusal(404, 'NoSuchUpload', 'The specified upload does not exist.');
}

export function putPart(upload: Upload, part: string | null, content: Buffer): string {
  const number = Number(part);
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new Refusal(
      400,
      'InvalidArgument',
      'Part number must be an integer between 1 and 10000, inclusive',
    );
  }
  const etag = md5(content);
  upload.parts.set(number, { content, etag });
  return etag;
}

/** Joins the parts that the body names. The upload stays when the object may not be written. */
export function completeUpload(
  bucket: Bucket,
  id: string,
  { upload, body, ifAbsent }: { upload: Upload; body: string; ifAbsent: boolean },
): string {
  const named = readElements(body, 'Part');
  const parts = named.map(({ PartNumber, ETag }, index) => {
    const found = upload.parts.get(Number(PartNumber));
    if (found?.etag !== ETag?.replaceAll('"', '')) {
      throw new Refusal(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
    }
    if (Number(PartNumber) <= Number(named[index - 1]?.PartNumber ?? 0)) {
      throw new Refusal(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
    }
    return found ?? { content: Buffer.alloc(0), etag: '' };
  });
  if (parts.slice(0, -1).some(({ content }) => content.byteLength < SMALLEST_PART)) {
    throw new Refusal(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
  }
  const content = Buffer.concat(parts.map((one) => one.content));
  const etag = `${md5(Buffer.concat(parts.map((one) => Buffer.from(one.etag, 'hex'))))}-${parts.length}`;
  const { key, contentType } = upload;
  bucket.put({ key, contentType, content, etag, ifAbsent });
  bucket.uploads.delete(id);
  return etag;
}
