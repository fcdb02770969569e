import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { fromVendorAnswer, type Host } from '@socle/kernel';
import { locate, type Settings } from './settings.ts';

/** What the SDK hands over, signed. */
interface Signed {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes or text: the adapter cuts streams into parts itself. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** The official SDK, on egress, without retries of its own: the kernel decides. */
export function createClient(settings: Settings, host: Host): S3Client {
  const { endpoint, isPathStyle } = locate(settings);
  const { region, accessKeyId, secretAccessKey } = settings;
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: isPathStyle,
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useArnRegion: false,
    disableS3ExpressSessionAuth: true,
    // the checksums that the SDK adds since 3.729 are unknown to older servers that speak S3
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // fetch knows no 100-continue
    expectContinueHeader: false,
    requestHandler: { handle: send },
  });

  async function send(request: Signed, { abortSignal }: { abortSignal?: unknown } = {}) {
    const signal = abortSignal as AbortSignal | undefined;
    signal?.throwIfAborted();
    const response = await host.fetch(urlOf(request), {
      method: request.method,
      headers: headersOf(request.headers),
      body: request.body ?? null,
      // an answer from another place would not be signed for: a wrong region is told, not followed
      redirect: 'manual',
      ...(signal ? { signal } : {}),
    });
    const { status, headers, body } = response;
    if (status >= 400 && /html/.test(headers.get('content-type') ?? '')) {
      // a proxy's page: the SDK would report that it is no XML, and drop the status
      await body?.cancel();
      throw fromVendorAnswer({ status, headers, message: `S3 answered HTTP ${status} as a page of HTML` });
    }
    const entries = Object.fromEntries(headers);
    return { response: { statusCode: status, headers: entries, body: body ?? new Uint8Array() } };
  }
}

/** Cheapest authenticated read; HEAD would be cheaper, but its refusals come without a reason. */
export async function verify(settings: Settings, host: Host, signal: AbortSignal): Promise<void> {
  const list = new ListObjectsV2Command({ Bucket: settings.bucket, MaxKeys: 1 });
  await createClient(settings, host).send(list, { abortSignal: signal });
}

/** Encoded as it was signed: RFC 3986, which is stricter than `encodeURIComponent`. */
function urlOf({ protocol, hostname, port, path, query = {} }: Signed): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${strict(name)}=${strict(one ?? '')}`),
  );
  const search = pairs.length > 0 ? `?${pairs.join('&')}` : '';
  return `${protocol}//${hostname}${port ? `:${port}` : ''}${path}${search}`;
}

function strict(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `fetch` sets host and length itself. Without the last line it asks for compression, and unpacks what it gets. */
function headersOf(given: Signed['headers']): Headers {
  const headers = new Headers({ ...given });
  headers.delete('host');
  headers.delete('content-length');
  headers.set('accept-encoding', 'identity');
  return headers;
}
