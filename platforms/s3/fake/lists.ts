import { type Bucket, byBytes, type Version } from './bucket.ts';
import { Refusal } from './refusal.ts';
import { toXml } from './xml.ts';

const encodeKey = (key: string): string =>
  encodeURIComponent(key).replaceAll('%2F', '/').replaceAll('%20', '+');

function paging(query: URLSearchParams) {
  const max = Number(query.get('max-keys') ?? 1000);
  if (!Number.isInteger(max) || max < 0) throw new Refusal(400, 'InvalidArgument', 'max-keys is wrong');
  const encoding = query.get('encoding-type') ?? undefined;
  const told = (key: string): string => (encoding === 'url' ? encodeKey(key) : key);
  const prefix = query.get('prefix') ?? '';
  return { max: Math.min(max, 1000), encoding, told, prefix };
}

const describe = (version: Version) => ({
  LastModified: version.modifiedAt.toISOString(),
  ETag: `"${version.etag}"`,
  Size: version.content.byteLength,
  StorageClass: 'STANDARD',
});

export function listObjects(name: string, bucket: Bucket, query: URLSearchParams): string {
  if (query.get('list-type') !== '2') throw new Refusal(501, 'NotImplemented', 'Only version 2 of lists.');
  const { max, encoding, told, prefix } = paging(query);
  const token = query.get('continuation-token');
  const after = token === null ? '' : readToken(token);
  const rest = bucket.current(prefix).filter((one) => byBytes(one.key, after) > 0);
  const page = rest.slice(0, max);
  const isTruncated = rest.length > page.length;
  return toXml({
    ListBucketResult: {
      Name: name,
      Prefix: told(prefix),
      MaxKeys: max,
      EncodingType: encoding,
      KeyCount: page.length,
      IsTruncated: isTruncated,
      ContinuationToken: token ?? undefined,
      NextContinuationToken: isTruncated ? writeToken(page.at(-1)?.key ?? '') : undefined,
      Contents: page.map((one) => ({ Key: told(one.key), ...describe(one) })),
    },
  });
}

export function listVersions(name: string, bucket: Bucket, query: URLSearchParams): string {
  const { max, encoding, told, prefix } = paging(query);
  const [keyMarker, versionMarker] = [query.get('key-marker'), query.get('version-id-marker')];
  const all = bucket.versions(prefix);
  const at = all.findIndex((one) => one.key === keyMarker && one.versionId === versionMarker);
  const rest =
    at >= 0 ? all.slice(at + 1) : all.filter((one) => keyMarker === null || byBytes(one.key, keyMarker) > 0);
  const page = rest.slice(0, max);
  const isTruncated = rest.length > page.length;
  const last = isTruncated ? page.at(-1) : undefined;
  const isLatest = (one: Version): boolean => all.find(({ key }) => key === one.key) === one;
  const tell = (one: Version) => ({
    Key: told(one.key),
    VersionId: one.versionId,
    IsLatest: isLatest(one),
  });
  return toXml({
    ListVersionsResult: {
      Name: name,
      Prefix: told(prefix),
      MaxKeys: max,
      EncodingType: encoding,
      IsTruncated: isTruncated,
      NextKeyMarker: last && told(last.key),
      NextVersionIdMarker: last?.versionId,
      Version: page.filter((one) => !one.isMarker).map((one) => ({ ...tell(one), ...describe(one) })),
      DeleteMarker: page
        .filter((one) => one.isMarker)
        .map((one) => ({ ...tell(one), LastModified: one.modifiedAt.toISOString() })),
    },
  });
}

function writeToken(key: string): string {
  return Buffer.from(`after ${key}`).toString('base64url');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (text.startsWith('after ') && Buffer.from(text).toString('base64url') === token) return text.slice(6);
  throw new Refusal(400, 'InvalidArgument', 'The continuation token provided is incorrect');
}
