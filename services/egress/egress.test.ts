import dns from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Log } from '@socle/kernel';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEgress, type Egress, type EgressOptions } from './egress.ts';
import { guardProcess } from './process-guard.ts';

const lines: { fields: unknown; message: string }[] = [];
const note = (fields: Readonly<Record<string, unknown>>, message: string): void => {
  lines.push({ fields, message });
};
const log: Log = { debug: note, info: note, warn: note, error: note };
const closing: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  lines.length = 0;
  vi.restoreAllMocks();
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(listener: RequestListener): Promise<{ url: string; host: string; hits: string[] }> {
  const hits: string[] = [];
  const server: Server = createServer((request, response) => {
    hits.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, hits };
}

function egressTo(hosts: readonly string[], more: Partial<EgressOptions> = {}): Egress {
  const egress = createEgress({ log, declared: (id) => (id === 'acme' ? hosts : []), ...more });
  closing.push(() => egress.close());
  return egress;
}

const denied = (where: string) =>
  expect.objectContaining({
    code: 'permission_denied',
    details: { platform: 'acme', applied: 'no' },
    message: expect.stringContaining(`platform acme may not reach ${where}`),
  });

describe('fetchFor', () => {
  it('reaches a declared host with body, headers and native classes', async () => {
    const server = await serve((request, response) => {
      request.setEncoding('utf8');
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => response.end(JSON.stringify({ body, type: request.headers['content-type'] })));
    });
    const fetch = egressTo([server.host]).fetchFor('acme');
    const form = new FormData();
    form.set('a', 'b');
    const response = await fetch(server.url, { method: 'POST', body: form });
    expect(response).toBeInstanceOf(Response);
    expect(await response.json()).toMatchObject({ type: expect.stringMatching(/^multipart\/form-data/) });
    const asRequest = await fetch(new Request(server.url, { method: 'POST', body: 'hello' }));
    expect(await asRequest.json()).toMatchObject({ body: 'hello' });
  });

  it('refuses an undeclared host, resolves no name, and logs the host only', async () => {
    const lookup = vi.spyOn(dns, 'lookup');
    const fetch = egressTo(['api.acme.test']).fetchFor('acme');
    await expect(
      fetch('https://evil.test/path?token=canary', { headers: { authorization: 'canary' } }),
    ).rejects.toEqual(denied('evil.test:443'));
    expect(lookup).not.toHaveBeenCalled();
    expect(lines).toEqual([
      { fields: { platform: 'acme', destination: 'evil.test:443' }, message: 'egress refused' },
    ]);
  });

  it.each([
    'https://api.acme.test.evil.test/',
    'https://api.acme.test./',
    'https://api.acme.test:8443/',
    'https://[2001:db8::1]/',
    'https://user:canary@api.acme.test/',
    'http://api.acme.test/',
    'data:text/plain,x',
    'blob:nodedata:x',
  ])('refuses %s', async (url) => {
    const lookup = vi.spyOn(dns, 'lookup');
    const fetch = egressTo(['api.acme.test']).fetchFor('acme');
    await expect(fetch(url)).rejects.toMatchObject({ code: 'permission_denied' });
    expect(lookup).not.toHaveBeenCalled();
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  it('refuses plain http beyond loopback even where the port is declared', async () => {
    const fetch = egressTo(['api.acme.test:8080']).fetchFor('acme');
    await expect(fetch('http://api.acme.test:8080/')).rejects.toMatchObject({
      code: 'permission_denied',
      message: expect.stringContaining('use https'),
    });
  });

  it('follows a redirect to a declared host and refuses one to another', async () => {
    const away = await serve((_request, response) => response.end('secret'));
    const server = await serve((request, response) => {
      const target = request.url === '/good' ? '/end' : `${away.url}/x`;
      if (request.url === '/end') response.end('end');
      else response.writeHead(302, { location: target }).end();
    });
    const fetch = egressTo([server.host]).fetchFor('acme');
    expect(await (await fetch(`${server.url}/good`)).text()).toBe('end');
    await expect(fetch(`${server.url}/bad`)).rejects.toEqual(denied(away.host));
    expect(away.hits).toEqual([]);
  });

  it('keeps platforms apart and forgets one that was switched off', async () => {
    const server = await serve((_request, response) => response.end('ok'));
    const hosts = [server.host];
    const egress = egressTo(hosts);
    await expect(egress.fetchFor('other')(server.url)).rejects.toMatchObject({ code: 'permission_denied' });
    expect((await egress.fetchFor('acme')(server.url)).status).toBe(200);
    hosts.length = 0;
    await expect(egress.fetchFor('acme')(server.url)).rejects.toMatchObject({ code: 'permission_denied' });
  });

  it('cannot be talked out of its own dispatcher', async () => {
    const server = await serve((_request, response) =>
      response.writeHead(302, { location: 'https://evil.test/' }).end(),
    );
    const dispatch = vi.fn();
    const fetch = egressTo([server.host]).fetchFor('acme');
    const init = { dispatcher: { dispatch } } as unknown as RequestInit;
    await expect(fetch(server.url, init)).rejects.toEqual(denied('evil.test:443'));
    expect(dispatch).not.toHaveBeenCalled();
  });

  it('cuts off an answer beyond its size', async () => {
    const server = await serve((_request, response) => response.end('x'.repeat(2000)));
    const fetch = egressTo([server.host], { maxResponseBytes: 1000 }).fetchFor('acme');
    await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow();
  });

  it('tells of every answer', async () => {
    const server = await serve((_request, response) => response.writeHead(429, { 'retry-after': '7' }).end());
    const onResponse = vi.fn();
    await egressTo([server.host], { onResponse }).fetchFor('acme')(server.url);
    expect(onResponse).toHaveBeenCalledWith('acme', expect.any(Headers), 429);
    expect(onResponse.mock.calls[0]?.[1].get('retry-after')).toBe('7');
  });
});

describe('connectFor', () => {
  it('lets declared destinations through and refuses others', () => {
    const connect = egressTo(['smtp.acme.test:587', '[::1]:25']).connectFor('acme');
    connect('SMTP.acme.test', 587);
    connect('::1', 25);
    expect(() => connect('smtp.acme.test', 25)).toThrow(denied('smtp.acme.test:25'));
    expect(() => connect('smtp.acme.test.evil.test', 587)).toThrow(/may not reach/);
    expect(() => connect('smtp.acme.test@evil.test', 587)).toThrow(/an invalid host/);
    expect(lines).toHaveLength(3);
  });
});

it('grants a destination only while a platform with a way out declares it', () => {
  const egress = egressTo(['smtp.acme.test:587']);
  expect(egress.allows('smtp.acme.test', 587)).toBe(false);
  egress.connectFor('acme');
  expect(egress.allows('smtp.acme.test', 587)).toBe(true);
  expect(egress.allows('smtp.acme.test', 588)).toBe(false);
  expect(egress.allows('unix:/tmp/x', 0)).toBe(false);
});

it('works under the process guard that it feeds', async () => {
  const server = await serve((_request, response) => response.end('ok'));
  const egress = egressTo([server.host]);
  closing.push(guardProcess({ allow: egress.allows, log }));
  await expect(globalThis.fetch(server.url)).rejects.toThrow('fetch failed');
  expect((await egress.fetchFor('acme')(server.url)).status).toBe(200);
});
