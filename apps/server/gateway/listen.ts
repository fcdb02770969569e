import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { SocleError } from '@socle/kernel';
import type { Hono } from 'hono';
import type { Env } from './guards.ts';

export interface Listening {
  readonly port: number;
  /** Stops taking requests, lets those under way end for `graceMs`, then cuts them off. */
  close(graceMs?: number): Promise<void>;
}

const GRACE_MS = 2000;

/** Opens the port. Slow senders are cut off: 10 s for headers, and for a whole request as long as a file may take. */
export async function listen(
  fetch: Hono<Env>['fetch'],
  { port, host }: { port: number; host: string },
): Promise<Listening> {
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 660_000,
      keepAliveTimeout: 5000,
      connectionsCheckingInterval: 2000,
      maxHeaderSize: 16_384,
    },
    getRequestListener(fetch as Parameters<typeof getRequestListener>[0], { overrideGlobalObjects: false }),
  );
  server.maxRequestsPerSocket = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(toListenError(error, { port, host })));
    server.listen(port, host, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: (graceMs = GRACE_MS) => close(server, graceMs),
  };
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

function toListenError(
  error: NodeJS.ErrnoException,
  { port, host }: { port: number; host: string },
): unknown {
  if (error.code === 'EADDRINUSE')
    return new SocleError(
      'conflict',
      `port ${port} is in use · stop what uses it, or choose another: PORT=${port + 1}`,
    );
  if (error.code === 'EACCES')
    return new SocleError(
      'permission_denied',
      `port ${port} needs more rights · choose one above 1023: PORT=5000`,
    );
  if (error.code === 'EADDRNOTAVAIL')
    return new SocleError(
      'misconfigured',
      `this machine has no address ${host} · set SOCLE_LISTEN=127.0.0.1`,
    );
  return error;
}
