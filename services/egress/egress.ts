import { type Host, isLoopback, isSocleError, type Log, SocleError } from '@socle/kernel';
import { Agent, Dispatcher1Wrapper } from 'undici';
import { canonicalHost, covers, type Destination, destinationOf } from './destination.ts';

export interface EgressOptions {
  readonly log: Log;
  /** `host`, `host:port` or `*.example.com` that a platform declares; none for one that is switched off. */
  declared(platformId: string): readonly string[];
  /** Told of every answer, so that the ledger can read the vendor's own counters. */
  onResponse?(platformId: string, headers: Headers, status: number): void;
  /** Backstop against an answer without end; streams of files count too. */
  readonly maxResponseBytes?: number;
}

export interface Egress {
  fetchFor(platformId: string): typeof globalThis.fetch;
  /** Throws `permission_denied` unless the platform declares `host:port`. */
  connectFor(platformId: string): Host['connect'];
  /** Whether a platform that was given a way out declares this destination: for the process guard. */
  allows(host: string, port: number): boolean;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Backstops only: each call's own deadline comes first. */
const IDLE_TIMEOUT_MS = 300_000;
const MAX_HEADER_BYTES = 32 * 1024;
const MAX_RESPONSE_BYTES = 5 * 1024 ** 3;

const nativeFetch = globalThis.fetch;

/** The only way out of the process: reaches what a platform declares, hop by hop, and nothing else. */
export function createEgress(options: EgressOptions): Egress {
  const agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: IDLE_TIMEOUT_MS,
    bodyTimeout: IDLE_TIMEOUT_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
    maxResponseSize: options.maxResponseBytes ?? MAX_RESPONSE_BYTES,
  });
  const served = new Map<string, typeof globalThis.fetch>();

  const isDeclared = (platformId: string, destination: Destination): boolean =>
    options.declared(platformId).some((entry) => covers(entry, destination));

  const refuse = (platformId: string, where: string, fix: string): never => {
    options.log.warn({ platform: platformId, destination: where }, 'egress refused');
    const message = `egress: platform ${platformId} may not reach ${where} · ${fix}`;
    throw new SocleError('permission_denied', message, { platform: platformId, applied: 'no' });
  };

  const check = (platformId: string, url: URL): void => {
    const destination = destinationOf(url);
    if (!destination) {
      refuse(platformId, `${url.protocol}//${url.hostname}`, 'use an https URL without credentials');
      return;
    }
    const where = `${destination.host}:${destination.port}`;
    if (!isDeclared(platformId, destination)) refuse(platformId, where, declareIt(platformId));
    if (url.protocol === 'http:' && !isLoopback(url.hostname)) refuse(platformId, where, 'use https');
  };

  const createFetch = (platformId: string): typeof globalThis.fetch => {
    // every hop of a redirect is a dispatch of its own
    const guarded = agent.compose((dispatch) => (hop, handler) => {
      check(platformId, new URL(String(hop.origin)));
      return dispatch(hop, handler);
    });
    // Node's own fetch, so that its Request, FormData and Response classes are those that SDKs see
    const dispatcher = new Dispatcher1Wrapper(guarded);
    return async (input, init) => {
      check(platformId, new URL(input instanceof Request ? input.url : input));
      const response = await nativeFetch(input, { ...init, dispatcher } as unknown as RequestInit).catch(
        (thrown: unknown) => {
          throw refusalIn(thrown) ?? thrown;
        },
      );
      options.onResponse?.(platformId, response.headers, response.status);
      return response;
    };
  };

  return {
    fetchFor(platformId) {
      const fetch = served.get(platformId) ?? createFetch(platformId);
      served.set(platformId, fetch);
      return fetch;
    },
    connectFor(platformId) {
      if (!served.has(platformId)) served.set(platformId, createFetch(platformId));
      return (host, port) => {
        const canonical = canonicalHost(host);
        if (canonical && isDeclared(platformId, { host: canonical, port })) return;
        refuse(platformId, `${canonical ?? 'an invalid host'}:${port}`, declareIt(platformId));
      };
    },
    allows(host, port) {
      const canonical = canonicalHost(host);
      if (!canonical) return false;
      return [...served.keys()].some((platformId) => isDeclared(platformId, { host: canonical, port }));
    },
    close: () => agent.destroy(),
  };
}

function declareIt(platformId: string): string {
  return `declare it in platforms/${platformId}/platform.ts hosts()`;
}

/** `fetch` wraps what its dispatcher threw on a later hop. */
function refusalIn(thrown: unknown): SocleError | undefined {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  return isSocleError(cause) ? cause : undefined;
}
