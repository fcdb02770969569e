import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/serve.ts';

let server: TestServer;
let key = '';

beforeAll(async () => {
  server = await startTestServer({ env: { PUBLIC_BASE_URL: 'https://shop.example.com' } });
  key = server.app.consoleKey ?? '';
});
afterAll(() => server.stop());

/** As a proxy passes it on that says nothing of itself: connection and Host are this machine's. */
function ask(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers }> {
  const { host, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers: { host, ...headers } }, (answer) => {
      answer.resume().on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: new Headers(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])),
        }),
      );
    })
      .once('error', reject)
      .end();
  });
}

test('a server with a public address wants its key for console and operations', async () => {
  expect(key).toMatch(/^[\w-]{43}$/);
  for (const path of [
    '/console',
    '/api/v1/console/settings',
    '/api/v1/openapi.json',
    '/metrics',
    '/console?key=wrong',
  ]) {
    expect([path, (await ask(path)).status]).toEqual([path, 403]);
  }
  const bearer = { authorization: `Bearer ${key}` };
  expect((await ask('/api/v1/console/settings', bearer)).status).toBe(200);
  expect((await ask('/api/v1/console/settings', { authorization: `Bearer ${key}x` })).status).toBe(403);
  expect((await ask('/healthz')).status).toBe(200);
});

test('the printed link leaves a cookie that no script reads and no other site sends', async () => {
  const first = await ask(`/console?key=${key}`);
  expect([first.status, first.headers.get('location')]).toEqual([302, '/console']);
  const cookie = first.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
  expect((await ask('/api/v1/console/settings', { cookie: cookie.split(';')[0] ?? '' })).status).toBe(200);
});

test('a form larger than forms are is refused before it is read', async () => {
  const body = 'x'.repeat(70_000);
  const headers = { origin: 'http://localhost', 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await fetch(`${server.url}/embedded/pay/checkout/none`, { method: 'POST', body, headers });
  expect(answer.status).toBe(413);
});
