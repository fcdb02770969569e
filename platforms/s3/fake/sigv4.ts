import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SKEW_MS = 15 * 60_000;

export interface Signed {
  readonly method: string;
  /** As it came, encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Authority {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  now(): Date;
}

interface Claim {
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
  readonly date: string;
  readonly payload: string;
}

/**
 * Signature version 4, as documented in "Authenticating Requests (AWS Signature Version 4)": nothing that the
 * signature covers may differ, and everything that must be covered is.
 */
export function authenticate(request: Signed, authority: Authority): void {
  const isPresigned = request.query.has('X-Amz-Algorithm');
  const claim = isPresigned ? fromQuery(request, authority) : fromHeaders(request, authority);
  const [accessKeyId = '', day = '', region, service, end] = claim.credential.split('/');
  if (accessKeyId !== authority.accessKeyId) {
    throw new Refusal(
      403,
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
    );
  }
  const isScoped = claim.date.startsWith(day) && service === 's3' && end === 'aws4_request';
  if (region !== authority.region || !isScoped) {
    const code = isPresigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed';
    throw new Refusal(
      400,
      code,
      `The credential scope is wrong; expecting '${day}/${authority.region}/s3/aws4_request'`,
    );
  }
  const scope = [day, region, service, end];
  const text = [ALGORITHM, claim.date, scope.join('/'), sha256(canonical(request, claim))].join('\n');
  const key = scope.reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${authority.secretAccessKey}`,
  );
  const expected = createHmac('sha256', key).update(text).digest('hex');
  const [a, b] = [Buffer.from(expected), Buffer.from(claim.signature)];
  if (a.length === b.length && timingSafeEqual(a, b)) return;
  throw new Refusal(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided.',
  );
}

function fromHeaders({ headers, body }: Signed, { now }: Authority): Claim {
  const given = one(headers.authorization);
  if (given === '') throw new Refusal(403, 'AccessDenied', 'Access Denied');
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/.exec(
      given,
    );
  if (!match)
    throw new Refusal(400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed.');
  const [, credential = '', signedHeaders = '', signature = ''] = match;
  const date = one(headers['x-amz-date']);
  if (Math.abs(timeOf(date) - now().getTime()) > SKEW_MS) {
    const message = 'The difference between the request time and the current time is too large.';
    throw new Refusal(403, 'RequestTimeTooSkewed', message);
  }
  assertCovered(signedHeaders, headers);
  const payload = one(headers['x-amz-content-sha256']);
  if (payload === '')
    throw new Refusal(400, 'InvalidRequest', 'Missing required header x-amz-content-sha256');
  if (/^[0-9a-f]{64}$/.test(payload) && payload !== sha256(body)) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    throw new Refusal(400, 'XAmzContentSHA256Mismatch', message);
  }
  return { credential, signedHeaders, signature, date, payload };
}

function fromQuery({ query, headers }: Signed, { now }: Authority): Claim {
  const get = (name: string): string => {
    const value = query.get(`X-Amz-${name}`);
    if (value) return value;
    throw new Refusal(400, 'AuthorizationQueryParametersError', `X-Amz-${name} is missing`);
  };
  const expires = Number(get('Expires'));
  const date = get('Date');
  const signedHeaders = get('SignedHeaders');
  if (get('Algorithm') !== ALGORITHM || !(expires >= 1 && expires <= 604_800)) {
    throw new Refusal(400, 'AuthorizationQueryParametersError', 'X-Amz-Algorithm or X-Amz-Expires is wrong');
  }
  const [from, at] = [timeOf(date), now().getTime()];
  if (from - at > SKEW_MS) throw new Refusal(403, 'AccessDenied', 'Request is not yet valid');
  if (at > from + expires * 1000) throw new Refusal(403, 'AccessDenied', 'Request has expired');
  assertCovered(signedHeaders, headers);
  const payload = query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
  return { credential: get('Credential'), signedHeaders, signature: get('Signature'), date, payload };
}

function assertCovered(signedHeaders: string, headers: Signed['headers']): void {
  const covered = new Set(signedHeaders.split(';'));
  const open = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))].filter(
    (name) => !covered.has(name),
  );
  if (open.length === 0) return;
  throw new Refusal(403, 'AccessDenied', `There were headers present which were not signed: ${open.join()}`);
}

function canonical({ method, path, query, headers }: Signed, { signedHeaders, payload }: Claim): string {
  const pairs = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const lines = signedHeaders
    .split(';')
    .map((name) => `${name}:${one(headers[name]).trim().replace(/ +/g, ' ')}\n`);
  const uri = path.split('/').map((part) => encode(decodeURIComponent(part)));
  return [method, uri.join('/'), pairs.join('&'), lines.join(''), signedHeaders, payload].join('\n');
}

function timeOf(date: string): number {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const time = Date.parse(iso);
  if (iso !== date && !Number.isNaN(time)) return time;
  throw new Refusal(403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
}

function one(value: string | string[] | undefined): string {
  return [value].flat().join(',');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
