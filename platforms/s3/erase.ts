import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { decodeKey } from './translate.ts';

/** Keys at once: each has its own requests. */
const WIDTH = 8;

export interface Eraser {
  /** Removes every version of the keys; tells how many were there. */
  erase(keys: readonly string[], signal: AbortSignal): Promise<number>;
}

/**
 * Deletes version by version: in a bucket that keeps versions, and always at Backblaze B2, a plain delete only hides.
 * One by one, as `DeleteObjects` wants a checksum whose kind servers disagree about.
 */
export function createEraser(client: S3Client, Bucket: string): Eraser {
  /** Some servers know no versions (R2, Garage): asked once. */
  let knowsVersions = true;

  return {
    erase: async (keys, signal) => {
      const waiting = [...new Set(keys)];
      let erased = 0;
      const work = async (): Promise<void> => {
        for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
          if (await eraseOne(key, signal)) erased += 1;
        }
      };
      await Promise.all(Array.from({ length: WIDTH }, work));
      return erased;
    },
  };

  async function eraseOne(Key: string, abortSignal: AbortSignal): Promise<boolean> {
    const found = knowsVersions ? await versionsOf(Key, abortSignal) : undefined;
    // none listed: absent, or a server that overlooks the question and answers with a plain list
    if (!found || found.ids.length === 0) return eraseUnversioned(Key, abortSignal);
    // the newest last: the ones below it must not come to light
    for (const VersionId of found.ids.toReversed()) {
      await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }), { abortSignal });
    }
    return found.isThere;
  }

  /** Of this very key, the newest first; undefined where the server knows none. */
  async function versionsOf(key: string, abortSignal: AbortSignal) {
    const entries: { id: string; at: number; isMarker: boolean; isLatest: boolean }[] = [];
    let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
    while (marker) {
      // keys that only begin so come later
      const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({
        Bucket,
        Prefix: key,
        MaxKeys: 100,
        EncodingType: 'url',
        ...marker,
      });
      const page = await client.send(command, { abortSignal }).catch(withoutVersions);
      if (!page) return undefined;
      const all = [
        ...(page.Versions ?? []).map((one) => ({ ...one, isMarker: false })),
        ...(page.DeleteMarkers ?? []).map((one) => ({ ...one, isMarker: true })),
      ];
      const mine = all.filter((one) => decodeKey(one.Key, page.EncodingType) === key);
      for (const { VersionId, LastModified, IsLatest, isMarker } of mine) {
        entries.push({
          id: VersionId ?? 'null',
          at: LastModified?.getTime() ?? 0,
          isMarker,
          isLatest: IsLatest === true,
        });
      }
      const isMore = page.IsTruncated && mine.length === all.length && page.NextKeyMarker !== undefined;
      marker = isMore
        ? {
            KeyMarker: decodeKey(page.NextKeyMarker, page.EncodingType),
            ...(page.NextVersionIdMarker ? { VersionIdMarker: page.NextVersionIdMarker } : {}),
          }
        : undefined;
    }
    // the two lists come apart, and times are whole seconds at some servers
    entries.sort((a, b) => Number(b.isLatest) - Number(a.isLatest) || b.at - a.at);
    return {
      ids: entries.map((one) => one.id),
      isThere: entries.some((one) => one.isLatest && !one.isMarker),
    };
  }

  function withoutVersions(thrown: unknown): undefined {
    const { $metadata } = thrown as { $metadata?: { httpStatusCode?: number } };
    if (![405, 501].includes($metadata?.httpStatusCode ?? 0)) throw thrown;
    knowsVersions = false;
  }

  async function eraseUnversioned(Key: string, abortSignal: AbortSignal): Promise<boolean> {
    const head = new HeadObjectCommand({ Bucket, Key });
    const isThere = await client.send(head, { abortSignal }).then(
      () => true,
      (thrown: unknown) => {
        if ((thrown as Error).name === 'NotFound') return false;
        throw thrown;
      },
    );
    if (isThere) await client.send(new DeleteObjectCommand({ Bucket, Key }), { abortSignal });
    return isThere;
  }
}
