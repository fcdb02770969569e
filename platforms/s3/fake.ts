import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fake, FakeOptions } from '@socle/kernel';
import { type Bucket, createBucket } from './fake/bucket.ts';
import { unpack } from './fake/chunked.ts';
import { Refusal } from './fake/refusal.ts';
import { type Answer, run } from './fake/routes.ts';
import { authenticate } from './fake/sigv4.ts';
import { toXml } from './fake/xml.ts';

/** `reset` works first and then cuts the line: the effect is there, the answer is not. */
export type FakeFault = 'hang' | 'reset' | 'html-502' | 'error-500' | 'rate-limited' | 'cap-exceeded';

export interface RecordedRequest {
  readonly method: string;
  /** With its query, as it came. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly sizeBytes: number;
  status: number;
}

export interface S3Fake extends Fake {
  readonly requests: readonly RecordedRequest[];
  readonly bucket: Bucket;
  readonly control: {
    /** Strikes the next requests, one each. */
    next(...faults: readonly FakeFault[]): void;
    /** How many of them have not struck yet. */
    pending(): number;
  };
}

export interface S3FakeOptions extends FakeOptions {
  /** Keeps every version, as Backblaze B2 always does. */
  readonly isVersioned?: boolean;
}

const NAME = 'socle-fake';
const KEYS = {
  accessKeyId: 'AKIAFAKESOCLE0000000',
  secretAccessKey: 'fakeSocleSecret000000000000000000000000',
};
const REGION = 'us-east-1';

/** A local S3 with one bucket, as AWS documents it: signatures, conditions, ranges, versions, multipart uploads. */
export async function startFake(options: S3FakeOptions = {}): Promise<S3Fake> {
  const now = options.now ?? (() => new Date());
  const requests: RecordedRequest[] = [];
  const faults: FakeFault[] = [];
  const bucket = createBucket({ isVersioned: options.isVersioned ?? false, now });
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = 'GET', headers, url: asked = '/' } = request;
    const record: RecordedRequest = { method, url: asked, headers, sizeBytes: body.byteLength, status: 0 };
    requests.push(record);
    const fault = faults.shift();
    if (fault === 'hang') return;
    if (fault === 'html-502') {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>');
      return;
    }
    const answer = answerTo(record, { body, fault });
    record.status = answer.status;
    if (fault === 'reset') {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, {
      'x-amz-request-id': `FAKE${String(requests.length).padStart(12, '0')}`,
      'content-length': Buffer.byteLength(answer.body ?? ''),
      ...answer.headers,
    });
    response.end(method === 'HEAD' ? undefined : answer.body);
  }

  function answerTo(
    { method, url, headers }: RecordedRequest,
    { body, fault }: { body: Buffer; fault: FakeFault | undefined },
  ): Answer {
    try {
      const [path = '/', search = ''] = url.split('?');
      // a plus is a plus here: only forms mean a space by it
      const query = new URLSearchParams(search.replaceAll('+', '%2B'));
      authenticate({ method, path, query, headers, body }, { ...KEYS, region: REGION, now });
      strike(fault);
      const { name, key } = addressed(path, String(headers.host));
      if (name !== NAME) throw new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist');
      const content = unpack(body, headers['x-amz-content-sha256']);
      return run(bucket, { method, name, key, query, headers, body: content });
    } catch (thrown) {
      const { status, code, message } =
        thrown instanceof Refusal ? thrown : new Refusal(500, 'InternalError', String(thrown));
      return {
        status,
        headers: { 'content-type': 'application/xml', ...(code === 'SlowDown' ? { 'retry-after': 2 } : {}) },
        body: toXml({ Error: { Code: code, Message: message } }),
      };
    }
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    env: {
      S3_ENDPOINT: url,
      S3_REGION: REGION,
      S3_BUCKET: NAME,
      S3_ACCESS_KEY_ID: KEYS.accessKeyId,
      S3_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
    },
    requests,
    bucket,
    control: { next: (...list) => faults.push(...list), pending: () => faults.length },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `/bucket/key`, or `bucket.host` and `/key`. */
function addressed(path: string, host: string): { readonly name: string; readonly key: string } {
  const parts = path.slice(1).split('/').map(decodeURIComponent);
  if (host.startsWith(`${NAME}.`)) return { name: NAME, key: parts.join('/') };
  const [name = '', ...rest] = parts;
  return { name, key: rest.join('/') };
}

function strike(fault: FakeFault | undefined): void {
  if (fault === 'rate-limited') throw new Refusal(503, 'SlowDown', 'Please reduce your request rate.');
  if (fault === 'error-500') {
    throw new Refusal(500, 'InternalError', 'We encountered an internal error. Please try again.');
  }
  if (fault === 'cap-exceeded') {
    throw new Refusal(403, 'AccessDenied', 'Cannot download file, transaction (Class B) cap exceeded.');
  }
}
