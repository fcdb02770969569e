import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { SocleError } from '@socle/kernel';
import type { Context, MiddlewareHandler } from 'hono';

export type Env = { Bindings: HttpBindings; Variables: { requestId?: string; consoleKey?: string } };
export type Ctx = Context<Env>;

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const LOOPBACK_ADDRESS = /^(127\.|::1$|::ffff:127\.)/;

/** No inline script, nothing from elsewhere, no framing by others. */
export const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
  'x-frame-options': 'DENY',
};

/** Answers carry a request id and the strictest headers; a route that needs others sets its own. */
export function headers({ publicBaseUrl }: { publicBaseUrl: string }): MiddlewareHandler<Env> {
  const secure = publicBaseUrl.startsWith('https:');
  return async (c, next) => {
    const given = c.req.header('x-request-id');
    const requestId = given && /^[\w.-]{8,64}$/.test(given) ? given : crypto.randomUUID();
    c.set('requestId', requestId);
    await next();
    c.res.headers.set('x-request-id', requestId);
    for (const [name, value] of Object.entries(HEADERS))
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    if (secure) c.res.headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  };
}

/** Only names that this server answers to: a page of another site cannot rebind its name to us. */
export function knownHost({ publicBaseUrl }: { publicBaseUrl: string }): MiddlewareHandler<Env> {
  const publicHost = new URL(publicBaseUrl).host;
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    if (host !== publicHost && !isLoopbackName(host))
      throw new SocleError(
        'permission_denied',
        `this server is not ${host || 'nameless'} · set PUBLIC_BASE_URL`,
      );
    await next();
  };
}

/** The cookie that a link with `?key=` leaves. */
export const CONSOLE_COOKIE = 'socle_console';

/**
 * Until there are accounts, operations and console answer whoever sits at this machine: a direct loopback
 * connection, a loopback name, no proxy in between, and no other site's page. A server with a public address
 * stands behind a proxy, and one that passes requests on without saying so looks just like this machine:
 * there a key is needed as well.
 */
export const localOnly: MiddlewareHandler<Env> = async (c, next) => {
  const reason = whyNotLocal(c);
  if (reason) throw new SocleError('permission_denied', `only for clients on this machine: ${reason}`);
  await next();
};

function whyNotLocal(c: Ctx): string | undefined {
  const address = c.env.incoming.socket.remoteAddress ?? '';
  if (!LOOPBACK_ADDRESS.test(address)) return 'the connection comes from elsewhere';
  const host = c.req.header('host') ?? '';
  if (!isLoopbackName(host)) return 'the Host header is no loopback name';
  const proxied = Object.keys(c.env.incoming.headers).find((name) =>
    /^(forwarded|x-forwarded-.+|x-real-ip|via)$/.test(name),
  );
  if (proxied) return `a proxy passed it on (${proxied})`;
  const origin = c.req.header('origin');
  if (origin !== undefined && origin !== `http://${host}`) return 'it comes from a page of another origin';
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return `it comes from a ${site} page`;
  const key = c.get('consoleKey');
  if (key !== undefined && !bringsKey(c, key))
    return 'this server has a public address · open the console by the link that it printed when it started';
  return undefined;
}

function bringsKey(c: Ctx, key: string): boolean {
  const bearer = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1];
  const cookie = new RegExp(`(?:^|; )${CONSOLE_COOKIE}=([^;]+)`).exec(c.req.header('cookie') ?? '')?.[1];
  const link = c.req.path === '/console' ? c.req.query('key') : undefined;
  return [bearer, cookie, link].some((given) => given !== undefined && isSame(given, key));
}

function isSame(given: string, key: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(key));
}

function isLoopbackName(host: string): boolean {
  return LOOPBACK_NAMES.has(host.replace(/:\d+$/, ''));
}
