import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type S3Fake, startFake } from './fake.ts';

let fake: S3Fake;
const clients: S3Client[] = [];
beforeEach(async () => {
  fake = await startFake();
});
afterEach(async () => {
  for (const one of clients.splice(0)) one.destroy();
  await fake.close();
});

const Bucket = 'socle-fake';
/** As an application would make it: the SDK's own network, retries and checksums. */
function sdk(config: S3ClientConfig = {}): S3Client {
  const { S3_ACCESS_KEY_ID: accessKeyId = '', S3_SECRET_ACCESS_KEY: secretAccessKey = '' } = fake.env;
  const credentials = { accessKeyId, secretAccessKey };
  const made = new S3Client({
    endpoint: fake.url,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
    ...config,
  });
  clients.push(made);
  return made;
}
const answer = async (url: string, init?: RequestInit): Promise<string> => {
  const response = await fetch(url, init);
  return `${response.status} ${/<Code>(\w+)/.exec(await response.text())?.[1] ?? ''}`.trim();
};

describe('the SDK as it comes', () => {
  test('its checksums and its streams with trailers', async () => {
    const client = sdk();
    await client.send(new PutObjectCommand({ Bucket, Key: 'bytes', Body: 'hello' }));
    const Body = Readable.from([Buffer.from('hel'), Buffer.from('lo')]);
    await client.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: 5 }));
    expect(fake.requests.at(-1)?.headers['x-amz-content-sha256']).toBe('STREAMING-UNSIGNED-PAYLOAD-TRAILER');
    for (const Key of ['bytes', 'stream']) {
      const { Body: got } = await client.send(new GetObjectCommand({ Bucket, Key }));
      expect(await got?.transformToString()).toBe('hello');
    }
  });

  test('several objects in one delete', async () => {
    const client = sdk();
    for (const Key of ['a&b', 'c']) await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
    const Delete = { Objects: [{ Key: 'a&b' }, { Key: 'never' }] };
    await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
    const { Contents } = await client.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map((one) => one.Key)).toEqual(['c']);
    await expect(client.send(new HeadObjectCommand({ Bucket, Key: 'a&b' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
  });
});

describe('signatures', () => {
  test('a request without one is refused', async () => {
    expect(await answer(`${fake.url}/${Bucket}/k`)).toBe('403 AccessDenied');
    const headers = { authorization: 'AWS4-HMAC-SHA256 nonsense' };
    expect(await answer(`${fake.url}/${Bucket}/k`, { headers })).toBe('400 AuthorizationHeaderMalformed');
  });

  test('nothing that was signed may be altered, and nothing told that was not signed', async () => {
    const sent: { url: string; init: RequestInit & { headers: Record<string, string> } }[] = [];
    const spy = sdk();
    spy.middlewareStack.add(
      (next) => async (args) => {
        const request = args.request as {
          method: string;
          path: string;
          headers: Record<string, string>;
          body: string;
        };
        const { method, path, headers, body } = request;
        sent.push({
          url: `${fake.url}${path}?x-id=PutObject`,
          init: { method, headers: { ...headers }, body },
        });
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    await spy.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'hello', ContentType: 'text/plain' }));
    const [first] = sent;
    if (!first) throw new Error('nothing was sent');
    const { url, init } = first;
    delete init.headers.host;
    delete init.headers['content-length'];
    delete init.headers.expect;
    const again = (change: RequestInit, at = url) => answer(at, { ...init, ...change });
    const withHeaders = (more: Record<string, string>) => again({ headers: { ...init.headers, ...more } });
    expect(await again({})).toBe('200');
    expect(await again({ body: 'other' })).toBe('400 XAmzContentSHA256Mismatch');
    expect(await again({}, url.replace('/k', '/l'))).toBe('403 SignatureDoesNotMatch');
    expect(await again({}, `${url}&versionId=1`)).toBe('403 SignatureDoesNotMatch');
    expect(await again({ method: 'DELETE' })).toBe('403 SignatureDoesNotMatch');
    expect(await withHeaders({ 'content-type': 'text/html' })).toBe('403 SignatureDoesNotMatch');
    expect(await withHeaders({ 'x-amz-acl': 'public-read' })).toBe('403 AccessDenied');
    expect(await withHeaders({ 'x-amz-date': '20200101T000000Z' })).toBe('403 RequestTimeTooSkewed');
    expect(await withHeaders({ 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' })).toBe(
      '403 SignatureDoesNotMatch',
    );
  });

  test('a URL ends, begins and stays within a week', async () => {
    const get = new GetObjectCommand({ Bucket, Key: 'k' });
    const at = (ms: number, expiresIn = 60) =>
      getSignedUrl(sdk(), get, { expiresIn, signingDate: new Date(Date.now() + ms) });
    expect(await answer(await at(0))).toBe('404 NoSuchKey');
    expect(await answer(await at(-90_000))).toBe('403 AccessDenied');
    expect(await answer(await at(3_600_000))).toBe('403 AccessDenied');
    const url = new URL(await at(0));
    url.searchParams.set('X-Amz-Expires', '604801');
    expect(await answer(url.href)).toBe('400 AuthorizationQueryParametersError');
  });
});

test('parts have an order, a size and an etag', async () => {
  const client = sdk();
  const { CreateMultipartUploadCommand, UploadPartCommand, CompleteMultipartUploadCommand } = await import(
    '@aws-sdk/client-s3'
  );
  const at = { Bucket, Key: 'k' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(at));
  const etags: string[] = [];
  for (const PartNumber of [1, 2]) {
    const part = new UploadPartCommand({ ...at, UploadId, PartNumber, Body: 'short' });
    etags.push((await client.send(part)).ETag ?? '');
  }
  const complete = (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
    client.send(new CompleteMultipartUploadCommand({ ...at, UploadId, MultipartUpload: { Parts } }));
  const [one, two] = [1, 2].map((PartNumber, index) => ({ PartNumber, ETag: etags[index] }));
  if (!one || !two) throw new Error('no parts');
  await expect(complete([one, two])).rejects.toMatchObject({ name: 'EntityTooSmall' });
  await expect(complete([two, one])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  await expect(complete([{ ...one, ETag: '"0"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
  await complete([two]);
  expect(fake.bucket.find('k').etag).toMatch(/^[0-9a-f]{32}-1$/);
});
