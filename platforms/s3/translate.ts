import { SocleError } from '@socle/kernel';

interface Described {
  readonly ContentLength?: number | undefined;
  readonly ContentType?: string | undefined;
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
}

/** What S3 tells of an object, in the port's words. */
export function infoOf(key: string, told: Described) {
  return {
    key,
    sizeBytes: known(told.ContentLength, 'no size'),
    contentType: told.ContentType ?? 'application/octet-stream',
    etag: etagOf(told.ETag),
    modifiedAt: known(told.LastModified, 'no time').toISOString(),
  };
}

/** Without its quotes, which some servers leave out. */
export function etagOf(quoted: string | undefined): string {
  return known(quoted, 'no etag').replaceAll('"', '');
}

/** Size of the whole object, out of `bytes 0-4/10`. */
export function wholeSize(contentRange: string | undefined): number {
  const size = /^bytes \d+-\d+\/(\d+)$/.exec(contentRange ?? '')?.[1];
  return Number(known(size, 'the whole object instead of a range'));
}

/** Lists are asked for with encoded keys, as XML cannot hold every character; servers that do not encode say so. */
export function decodeKey(key: string | undefined, encoding: string | undefined): string {
  const text = known(key, 'no key');
  return encoding === 'url' ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
}

function known<Value>(value: Value | undefined, instead: string): Value {
  if (value !== undefined) return value;
  throw new SocleError('vendor_contract', `S3 answered ${instead}`);
}
