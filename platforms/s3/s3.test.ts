import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { readSettings } from '@socle/kernel';
import { storage } from '@socle/port-storage';
import { storageConformance } from '@socle/port-storage/conformance';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checks } from './audit.ts';
import { toError } from './errors.ts';
import { type FakeFault, type S3Fake, type S3FakeOptions, startFake } from './fake.ts';
import { s3 } from './platform.ts';
import { create } from './storage.ts';
import { settingsOf, startS3Harness, testHost } from './testing.ts';

for (const isVersioned of [false, true]) {
  storageConformance({
    name: isVersioned ? 's3 against its fake, versions kept' : 's3 against its fake',
    networked: true,
    capabilities: ['signed-urls', 'ranges'],
    start: () => startS3Harness({ isVersioned }),
  });
}

let fake: S3Fake;
const restart = async (options: S3FakeOptions = {}): Promise<void> => {
  await fake?.close();
  fake = await startFake(options);
};
beforeEach(async () => {
  fake = await startFake();
});
afterEach(() => fake.close());

const call = () => ({ signal: AbortSignal.timeout(10_000), idempotencyKey: crypto.randomUUID() });
const contentType = 'text/plain';
const adapter = (env: Record<string, string> = {}) => create(settingsOf({ ...fake.env, ...env }), testHost());
const failure = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('it succeeded');
    },
    (thrown: unknown) => toError(thrown),
  );

describe('settings', () => {
  const base = { S3_BUCKET: 'files', S3_ACCESS_KEY_ID: 'AKIA1', S3_SECRET_ACCESS_KEY: 'secret-canary' };
  const hosts = (env: Record<string, string>) => s3.hosts(settingsOf({ ...base, ...env }));

  test.each([
    ['https://s3.eu-central-003.backblazeb2.com', 'ready'],
    ['http://127.0.0.1:9000', 'ready'],
    ['http://localhost:9000', 'ready'],
    ['http://minio.example:9000', 'faulty'],
    ['https://s3.example/path', 'faulty'],
    ['nonsense', 'faulty'],
  ])('endpoint %s is %s', (endpoint, state) => {
    const result = readSettings(s3.settings, { ...base, S3_ENDPOINT: endpoint });
    expect(result.state).toBe(state);
    expect(JSON.stringify(state === 'faulty' ? result : '')).not.toContain('secret-canary');
  });

  test('declares the very host that requests go to', () => {
    expect(hosts({ S3_REGION: 'eu-west-3' })).toEqual(['files.s3.eu-west-3.amazonaws.com']);
    expect(hosts({ S3_BUCKET: 'my.files' })).toEqual(['s3.us-east-1.amazonaws.com']);
    expect(hosts({ S3_FORCE_PATH_STYLE: '1' })).toEqual(['s3.us-east-1.amazonaws.com']);
    expect(hosts({ S3_ENDPOINT: 'http://127.0.0.1:9000' })).toEqual(['127.0.0.1:9000']);
    expect(hosts({ S3_ENDPOINT: 'http://127.0.0.1:9000', S3_FORCE_PATH_STYLE: '0' })).toEqual([
      '127.0.0.1:9000',
    ]);
    const b2 = { S3_ENDPOINT: 'https://s3.eu.example', S3_FORCE_PATH_STYLE: '0' };
    expect(hosts(b2)).toEqual(['files.s3.eu.example']);
  });

  test.each([
    {},
    { S3_REGION: 'eu-west-3' },
    { S3_BUCKET: 'my.files' },
    { S3_ENDPOINT: 'https://s3.eu.example', S3_FORCE_PATH_STYLE: '0' },
    { S3_ENDPOINT: 'https://s3.eu.example' },
  ])('reaches no other host, signed URLs included: %j', async (env) => {
    const asked: string[] = [];
    const settings = settingsOf({ ...base, ...env });
    const reach = async (url: unknown): Promise<Response> => {
      asked.push(new URL(String(url)).host);
      return new Response('<ListBucketResult/>', { headers: { 'content-type': 'application/xml' } });
    };
    const port = create(settings, testHost({ fetch: reach as typeof fetch }));
    await port.list({ prefix: '', limit: 1 }, call());
    const { url } = await port.signUrl({ key: 'a', action: 'read', expiresInSeconds: 60 }, call());
    expect([asked, new URL(url).host]).toEqual([s3.hosts(settings), s3.hosts(settings)[0]]);
  });

  test('a bucket in the host name works as one in the path', async () => {
    const { port: number } = new URL(fake.url);
    const env = { ...fake.env, S3_ENDPOINT: `http://localhost:${number}`, S3_FORCE_PATH_STYLE: '0' };
    // names below localhost resolve in browsers alone, and fetch sets no other host
    const reach = async (given: unknown, init: RequestInit = {}): Promise<Response> => {
      const url = new URL(String(given));
      const headers = { ...Object.fromEntries(new Headers(init.headers)), host: url.host };
      const path = `${url.pathname}${url.search}`;
      const sent = request({ host: '127.0.0.1', port: number, path, method: init.method, headers });
      sent.end(init.body);
      const [{ statusCode, headers: told }] = (await once(sent, 'response')) as [IncomingMessage];
      return new Response(null, { status: statusCode ?? 0, headers: { etag: String(told.etag) } });
    };
    const port = create(settingsOf(env), testHost({ fetch: reach as typeof fetch }));
    await port.put({ key: 'a/b', body: 'x', contentType }, call());
    expect(fake.bucket.find('a/b').content.toString()).toBe('x');
    expect(fake.requests.at(-1)?.url).toMatch(/^\/a\/b/);
  });
});

describe('what goes wrong at S3', () => {
  const put = (env: Record<string, string> = {}) =>
    adapter(env).put({ key: 'k', body: 'x', contentType }, call());

  test.each([
    [{ S3_SECRET_ACCESS_KEY: 'wrong-canary' }, 'misconfigured', 'SignatureDoesNotMatch'],
    [{ S3_ACCESS_KEY_ID: 'AKIAWRONG' }, 'misconfigured', 'InvalidAccessKeyId'],
    [{ S3_REGION: 'eu-west-3' }, 'misconfigured', 'AuthorizationHeaderMalformed'],
    [{ S3_BUCKET: 'other' }, 'misconfigured', 'NoSuchBucket'],
  ])('%j', async (env, code, name) => {
    const error = await failure(put(env as Record<string, string>));
    expect([error.code, error.details.vendor?.code]).toEqual([code, name]);
    expect(JSON.stringify([error, error.cause])).not.toContain('canary');
    const verified = await failure(
      s3.verify(settingsOf({ ...fake.env, ...env } as Record<string, string>), testHost(), call().signal),
    );
    expect(verified.code).toBe(code);
  });

  test.each<[FakeFault, string]>([
    ['cap-exceeded', 'quota_exceeded'],
    ['rate-limited', 'rate_limited'],
    ['error-500', 'unavailable'],
  ])('%s is %s, and is asked once', async (fault, code) => {
    fake.control.next(fault);
    expect((await failure(put())).code).toBe(code);
    expect(fake.requests).toHaveLength(1);
  });

  test('a clock that is wrong is the operator’s matter', async () => {
    await restart({ now: () => new Date(Date.now() + 3_600_000) });
    expect((await failure(put())).code).toBe('misconfigured');
  });
});

describe('uploads', () => {
  const large = () => new Blob([new Uint8Array(9_000_000)]).stream();

  test('go in parts, each with its signature, and without checksums that older servers refuse', async () => {
    await adapter().put({ key: 'k', body: large(), contentType }, call());
    expect(fake.requests.map(({ method, status }) => [method, status])).toEqual([
      ['POST', 200],
      ['PUT', 200],
      ['PUT', 200],
      ['POST', 200],
    ]);
    const names = fake.requests.flatMap(({ headers }) => Object.keys(headers));
    expect(names.filter((name) => /checksum|expect|trailer/.test(name))).toEqual([]);
    expect(fake.bucket.find('k')).toMatchObject({ contentType });
  });

  test('that break on the line leave no parts, also when the caller has left', async () => {
    for (const fault of ['error-500', 'hang'] as const) {
      const stop = new AbortController();
      const work = adapter().put(
        { key: 'k', body: large(), contentType },
        { ...call(), signal: stop.signal },
      );
      const result = failure(work);
      await expect.poll(() => fake.bucket.uploads.size).toBe(1);
      fake.control.next(fault);
      await expect.poll(() => fake.control.pending()).toBe(0);
      if (fault === 'hang') stop.abort();
      expect(['unavailable', 'timeout']).toContain((await result).code);
      expect(fake.bucket.uploads.size).toBe(0);
    }
  });
});

describe('deleting', () => {
  test('leaves no version and no marker, and no other key', async () => {
    await restart({ isVersioned: true });
    const port = adapter();
    for (let round = 0; round < 105; round += 1) {
      fake.bucket.put({ key: 'k', contentType, content: Buffer.from(`${round}`), ifAbsent: false });
    }
    fake.bucket.remove('k', null);
    for (const key of ['k', 'k/2', 'kk']) await port.put({ key, body: 'x', contentType }, call());
    fake.bucket.remove('gone', null);
    expect(await port.delete({ keys: ['k', 'k', 'gone'] }, call())).toEqual({ deleted: 1 });
    expect(fake.bucket.versions('').map((one) => one.key)).toEqual(['k/2', 'kk']);
  });

  test('removes the newest version last: no older one comes to light', async () => {
    await restart({ isVersioned: true });
    const port = adapter();
    for (const body of ['old', 'new']) await port.put({ key: 'k', body, contentType }, call());
    const newest = fake.bucket.find('k').versionId;
    await port.delete({ keys: ['k'] }, call());
    expect(fake.requests.at(-1)?.url).toContain(newest);
  });

  test('happens at a server that answers a plain list to the question for versions', async () => {
    const reach = (url: unknown, init: RequestInit = {}): Promise<Response> => {
      const isAsked = String(url).includes('versions=');
      const headers = { 'content-type': 'application/xml' };
      return isAsked
        ? Promise.resolve(new Response('<ListBucketResult/>', { headers }))
        : fetch(String(url), init);
    };
    const port = create(settingsOf(fake.env), testHost({ fetch: reach as typeof fetch }));
    await port.put({ key: 'k', body: 'x', contentType }, call());
    expect(await port.delete({ keys: ['k', 'never'] }, call())).toEqual({ deleted: 1 });
    expect(fake.bucket.versions('')).toEqual([]);
  });
});

test('each operation costs the plans no less than the requests that it makes', async () => {
  const count = (operation: string, input: object) =>
    Object.fromEntries(
      s3.plans.map(({ id, meters }) => [
        id,
        meters.reduce(
          (sum, one) => sum + (one.kind === 'sum' ? one.count({ port: 'storage', operation, input }) : 0),
          0,
        ),
      ]),
    );
  const port = adapter();
  await port.put({ key: 'k', body: 'x', contentType }, call());
  const cost = async (operation: string, input: object, work: () => Promise<unknown>) => {
    const before = fake.requests.length;
    await work();
    expect(fake.requests.length - before, operation).toBeLessThanOrEqual(count(operation, input).aws ?? 0);
  };
  await cost('get', {}, () => port.get({ key: 'k' }, call()));
  await cost('head', {}, () => port.head({ key: 'k' }, call()));
  await cost('list', {}, () => port.list({ prefix: '', limit: 10 }, call()));
  await cost('delete', { keys: ['k', 'l'] }, () => port.delete({ keys: ['k', 'l'] }, call()));
  expect(count('delete', { keys: ['k', 'l'] })).toMatchObject({ 'own-server': 0, 'b2-free': 4 });
});

describe('audit', () => {
  test.each([false, true])('passes and leaves nothing behind, versions kept: %s', async (isVersioned) => {
    await restart({ isVersioned });
    const port = adapter();
    const mapped = Object.entries(port as Record<string, unknown>).map(([name, method]) => [
      name,
      (...given: unknown[]) =>
        (method as (...given: unknown[]) => Promise<unknown>)(...given).catch((thrown: unknown) =>
          Promise.reject(toError(thrown)),
        ),
    ]);
    for (const check of checks) {
      await check.run(settingsOf(fake.env), () => Object.fromEntries(mapped));
    }
    expect(fake.bucket.versions('')).toEqual([]);
    expect(Object.keys(storage.operations).every((name) => name in port)).toBe(true);
  });
});
