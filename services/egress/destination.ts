import { isIPv6 } from 'node:net';
import { isLoopback } from '@socle/kernel';

/** Where a connection goes: `host` in canonical form (lower case, punycode, IPv6 in brackets). */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

const HTTPS = 443;
const HTTP = 80;

/**
 * The one spelling of a host, by the URL standard's own rules; undefined when it is none.
 * A trailing dot stays, so `api.stripe.com.` equals nothing that is declared.
 */
export function canonicalHost(host: string): string | undefined {
  const url = URL.parse(`https://${isIPv6(host) ? `[${host}]` : host}/`);
  const isBare = url && url.pathname === '/' && !url.port && !url.username && !url.password;
  return isBare && !url.search && !url.hash ? url.hostname : undefined;
}

/** The destination of an HTTP URL; undefined for other schemes and for URLs that carry credentials. */
export function destinationOf(url: URL): Destination | undefined {
  if (!['http:', 'https:'].includes(url.protocol) || url.username || url.password) return undefined;
  const port = url.port ? Number(url.port) : url.protocol === 'https:' ? HTTPS : HTTP;
  return { host: url.hostname, port };
}

/**
 * Whether one declared entry covers a destination. Entries: `host`, `host:port`, `*.example.com` (subdomains
 * only, never the name itself). Without a port the entry means https, and http too on loopback.
 */
export function covers(entry: string, { host, port }: Destination): boolean {
  const wildcard = entry.startsWith('*.');
  const url = URL.parse(`https://${wildcard ? entry.slice(2) : entry}/`);
  if (url?.pathname !== '/' || url.username) return false;
  const isHost = wildcard ? host.endsWith(`.${url.hostname}`) : host === url.hostname;
  if (!isHost) return false;
  if (url.port || entry.endsWith(`:${HTTPS}`)) return port === Number(url.port || HTTPS);
  return port === HTTPS || (port === HTTP && isLoopback(host));
}
