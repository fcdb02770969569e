import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Log } from '@socle/kernel';
import { partsOf } from './parts.ts';

interface Target {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
}

export interface Upload {
  readonly object: Target;
  readonly body: string | Uint8Array | ReadableStream<Uint8Array>;
  readonly ifAbsent: boolean;
  readonly maxBytes: number | undefined;
  readonly signal: AbortSignal;
}

export interface Uploaded {
  readonly etag: string | undefined;
  readonly sizeBytes: number;
}

/**
 * One request for what fits into one part, else parts one after another. Not lib-storage's `Upload` (3.1162.0): it
 * leaves the parts there when the completion is refused, and does not end requests under way when it is aborted.
 */
export async function upload(client: S3Client, log: Log, given: Upload): Promise<Uploaded> {
  const { object, signal, ifAbsent } = given;
  const condition = ifAbsent ? { IfNoneMatch: '*' } : {};
  const parts = partsOf(given);
  try {
    const first = (await parts.next()).value;
    if (first.isLast) {
      const put = new PutObjectCommand({ ...object, ...condition, Body: first.bytes });
      const { ETag } = await client.send(put, { abortSignal: signal });
      return { etag: ETag, sizeBytes: first.bytes.byteLength };
    }
    return await inParts(first.bytes);
  } finally {
    // the sender of a body that is refused must not wait for us to read on
    await parts.return(undefined as never);
  }

  async function inParts(head: Uint8Array): Promise<Uploaded> {
    const create = new CreateMultipartUploadCommand(object);
    const { UploadId } = await client.send(create, { abortSignal: signal });
    const { ContentType: _, ...at } = { ...object, UploadId };
    try {
      const done = [await sendPart(head, 1)];
      let sizeBytes = head.byteLength;
      for await (const { bytes } of parts) {
        done.push(await sendPart(bytes, done.length + 1));
        sizeBytes += bytes.byteLength;
      }
      const complete = new CompleteMultipartUploadCommand({
        ...at,
        ...condition,
        MultipartUpload: { Parts: done },
      });
      const { ETag } = await client.send(complete, { abortSignal: signal });
      return { etag: ETag, sizeBytes };
    } catch (thrown) {
      await abandon();
      throw thrown;
    }

    async function sendPart(Body: Uint8Array, PartNumber: number) {
      const command = new UploadPartCommand({ ...at, Body, PartNumber });
      const { ETag } = await client.send(command, { abortSignal: signal });
      return { ETag, PartNumber };
    }

    /** Under a deadline of its own: the caller may have left. */
    async function abandon(): Promise<void> {
      const abortSignal = AbortSignal.timeout(10_000);
      await client.send(new AbortMultipartUploadCommand(at), { abortSignal }).catch((thrown: unknown) => {
        const { name } = thrown as Error;
        // after a completion whose answer was lost there is nothing to abandon
        if (name !== 'NoSuchUpload') log.warn({ error: name }, 'an unfinished upload could not be removed');
      });
    }
  }
}
