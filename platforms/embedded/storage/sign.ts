import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signed URL allows. */
export interface Grant {
  readonly key: string;
  readonly action: 'read' | 'write';
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** That the upload must have; empty: any. */
  readonly contentType: string;
}

const PREFIX = '/embedded/files/';

/** Path and query of a signed URL. */
export function pathOf(grant: Grant, secret: Uint8Array): string {
  const query = new URLSearchParams({
    action: grant.action,
    expires: String(grant.expiresAt),
    ...(grant.contentType ? { type: grant.contentType } : {}),
    signature: signatureOf(grant, secret).toString('base64url'),
  });
  return `${PREFIX}${grant.key.split('/').map(encodeURIComponent).join('/')}?${query}`;
}

/** Undefined when the URL is not exactly one that {@link pathOf} made. Says nothing about its expiry. */
export function grantOf(url: URL, secret: Uint8Array): Grant | undefined {
  const { pathname, searchParams: query } = url;
  const action = query.get('action');
  const expires = query.get('expires') ?? '';
  if (!pathname.startsWith(PREFIX) || (action !== 'read' && action !== 'write')) return undefined;
  if (!/^\d{1,15}$/.test(expires)) return undefined;
  let key: string;
  try {
    key = decodeURIComponent(pathname.slice(PREFIX.length));
  } catch {
    return undefined;
  }
  const grant: Grant = { key, action, expiresAt: Number(expires), contentType: query.get('type') ?? '' };
  const given = Buffer.from(query.get('signature') ?? '', 'base64url');
  const right = signatureOf(grant, secret);
  return given.byteLength === right.byteLength && timingSafeEqual(given, right) ? grant : undefined;
}

/** JSON, so that no two grants are the same bytes. */
function signatureOf({ key, action, expiresAt, contentType }: Grant, secret: Uint8Array): Buffer {
  const text = JSON.stringify(['files', 1, action, key, expiresAt, contentType]);
  return createHmac('sha256', secret).update(text).digest();
}
