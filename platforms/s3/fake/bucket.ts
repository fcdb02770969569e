import { createHash, randomBytes } from 'node:crypto';
import { Refusal } from './refusal.ts';

export interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly content: Buffer;
  readonly contentType: string;
  readonly etag: string;
  readonly modifiedAt: Date;
  /** Says that the key was deleted, and hides what is below. */
  readonly isMarker: boolean;
}

export interface Upload {
  readonly key: string;
  readonly contentType: string;
  readonly parts: Map<number, { readonly content: Buffer; readonly etag: string }>;
}

export interface Bucket {
  readonly isVersioned: boolean;
  readonly uploads: Map<string, Upload>;
  put(object: {
    key: string;
    contentType: string;
    content: Buffer;
    etag?: string;
    ifAbsent: boolean;
  }): Version;
  /** The newest, unless named; refuses what is absent or deleted. */
  find(key: string, versionId?: string | null): Version;
  remove(key: string, versionId: string | null): void;
  /** Every version: keys in byte order, the newest first. */
  versions(prefix: string): readonly Version[];
  /** The newest of each key that is not deleted. */
  current(prefix: string): readonly Version[];
}

export const md5 = (content: Buffer): string => createHash('md5').update(content).digest('hex');
export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export function createBucket({ isVersioned, now }: { isVersioned: boolean; now: () => Date }): Bucket {
  const held = new Map<string, readonly Version[]>();
  const newest = (key: string): Version | undefined => held.get(key)?.[0];

  const store = (version: Omit<Version, 'versionId' | 'modifiedAt'>): Version => {
    const versionId = isVersioned ? randomBytes(12).toString('hex') : 'null';
    const made = { ...version, versionId, modifiedAt: now() };
    held.set(made.key, isVersioned ? [made, ...(held.get(made.key) ?? [])] : [made]);
    return made;
  };

  const versions = (prefix: string): readonly Version[] =>
    [...held.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort(byBytes)
      .flatMap((key) => held.get(key) ?? []);

  return {
    isVersioned,
    uploads: new Map(),
    put: ({ key, contentType, content, etag = md5(content), ifAbsent }) => {
      const there = newest(key);
      if (ifAbsent && there && !there.isMarker) {
        const message = 'At least one of the pre-conditions you specified did not hold';
        throw new Refusal(412, 'PreconditionFailed', message);
      }
      return store({ key, contentType, content, etag, isMarker: false });
    },
    find: (key, versionId = null) => {
      const found =
        versionId === null ? newest(key) : held.get(key)?.find((one) => one.versionId === versionId);
      if (found && !found.isMarker) return found;
      if (versionId !== null)
        throw new Refusal(404, 'NoSuchVersion', 'The specified version does not exist.');
      throw new Refusal(404, 'NoSuchKey', 'The specified key does not exist.');
    },
    remove: (key, versionId) => {
      if (versionId === null && isVersioned) {
        store({ key, contentType: '', content: Buffer.alloc(0), etag: '', isMarker: true });
        return;
      }
      const rest = (held.get(key) ?? []).filter((one) => versionId !== null && one.versionId !== versionId);
      if (rest.length > 0) held.set(key, rest);
      else held.delete(key);
    },
    versions,
    current: (prefix) =>
      versions(prefix).filter((one) => !one.isMarker && newest(one.key)?.versionId === one.versionId),
  };
}
