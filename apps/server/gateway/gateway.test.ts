import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/serve.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${server.url}${path}`, init);
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  get(path, { method: 'POST', body: JSON.stringify(body), headers });

test('alive, ready, and measured', async () => {
  expect((await get('/healthz')).status).toBe(200);
  expect(await (await get('/readyz')).json()).toEqual({
    status: 'ready',
    checks: { database: true, worker: true },
  });
  await post('/api/v1/cache/set', { key: 'metrics', value: 1 });
  const text = await (await get('/metrics')).text();
  expect(text).toMatch(/socle_calls_total\{port="cache",operation="set",platform="embedded",code="ok"\} \d/);
  expect(text).toContain('socle_runs{flow="payment-receipt",state="succeeded"} 0');
});

test('operations over HTTP, with and without the version, and their errors as problems', async () => {
  const key = { 'idempotency-key': 'gateway-1' };
  expect(await (await post('/api/v1/cache/set', { key: 'a', value: { b: 1 } }, key)).json()).toEqual({
    written: true,
  });
  expect(await (await post('/api/cache/get', { key: 'a' })).json()).toMatchObject({
    found: true,
    value: { b: 1 },
  });

  const wrong = await post('/api/v1/cache/get', { nokey: 1 });
  expect(wrong.status).toBe(400);
  expect(wrong.headers.get('content-type')).toBe('application/problem+json');
  const requestId = wrong.headers.get('x-request-id');
  expect(await wrong.json()).toMatchObject({
    type: 'urn:socle:error:invalid_argument',
    status: 400,
    code: 'invalid_argument',
    instance: `urn:socle:request:${requestId}`,
    details: { faults: [{ field: 'key' }, { field: '' }] },
  });
  expect((await get('/api/v1/cache/get', { method: 'POST', body: '{' })).status).toBe(400);
  expect((await post('/api/v1/cache/nothing', {})).status).toBe(404);
  expect((await post('/api/v1/pigeon/send', {})).status).toBe(404);
  expect((await post('/api/v1/cache/subscribe', { channel: 'a' })).status).toBe(400);
  expect((await post('/api/v1/cache/get', { key: 'a' }, { 'idempotency-key': 'a'.repeat(256) })).status).toBe(
    400,
  );
  expect((await get('/nothing')).status).toBe(404);
});

test('objects go in and out as bytes', async () => {
  const key = '/api/v1/storage/objects/a folder/ä.txt';
  const put = await get(encodeURI(key), {
    method: 'PUT',
    body: 'hello object',
    headers: { 'content-type': 'text/plain' },
  });
  expect(await put.json()).toMatchObject({ key: 'a folder/ä.txt', sizeBytes: 12, contentType: 'text/plain' });
  const whole = await get(encodeURI(key));
  expect(await whole.text()).toBe('hello object');
  expect(whole.headers.get('content-security-policy')).toContain('sandbox');
  const part = await get(encodeURI(key), { headers: { range: 'bytes=6-8' } });
  expect([part.status, await part.text()]).toEqual([206, 'obj']);
  const again = await get(encodeURI(key), { method: 'PUT', body: 'x', headers: { 'if-none-match': '*' } });
  expect(again.status).toBe(412);
  expect((await get('/api/v1/storage/objects/missing')).status).toBe(404);
  expect((await get('/api/v1/storage/objects/%2e%2e/%2e%2e/etc/passwd')).status).toBeGreaterThanOrEqual(400);
});

test('the description of the API is OpenAPI 3.1 and covers every JSON operation', async () => {
  const spec = (await (await get('/api/v1/openapi.json')).json()) as {
    openapi: string;
    paths: Record<string, { post?: { operationId: string; requestBody: object } }>;
  };
  expect(spec.openapi).toBe('3.1.0');
  for (const { port } of server.app.boot().chains.values())
    for (const [name, { transport = 'json' }] of Object.entries(port.operations))
      if (transport === 'json')
        expect(spec.paths[`/api/v1/${port.id}/${name}`]?.post?.operationId).toBe(`${port.id}.${name}`);
  expect(JSON.stringify(spec)).not.toContain('$schema');
  const docs = await (await get('/api/docs')).text();
  expect(docs).toContain('/api/v1/email/send');
  expect(docs).not.toMatch(/<script|https?:\/\/(?!localhost)/);
});

test('a call that waits for its window is done by the worker when it opens, once', async () => {
  const { app } = server;
  const key = 'deferred-1';
  const input = { from: 'me@example.com', to: ['late@example.com'], subject: 'Later', text: 'Now' };
  await app.database.sql.transaction(async (tx) => {
    await tx.query(
      `insert into socle.deferred_calls (idempotency_key, port, operation, input, run_at)
       values ($1, 'email', 'send', $2, now())`,
      [key, JSON.stringify(input)],
    );
    for (let again = 0; again < 3; again += 1) await app.deferredJobs.enqueue(tx, { key, runAt: new Date() });
  });
  const state = async () =>
    (
      await app.database.sql.query('select state from socle.deferred_calls where idempotency_key = $1', [key])
    )[0];
  await expect.poll(state, { timeout: 20_000 }).toEqual({ state: 'done' });
  await app.deferredJobs.enqueue(app.database.sql, { key, runAt: new Date() });
  const again = await post('/api/v1/email/send', input, { 'idempotency-key': key });
  expect(again.status).toBe(200);
  const mails = await (await get('/api/v1/console/mailbox?search=late@example.com')).json();
  expect((mails as { items: unknown[] }).items).toHaveLength(1);
});

test('strict headers everywhere, no inline script, request ids', async () => {
  for (const path of ['/healthz', '/api/docs', '/nothing', '/console']) {
    const { headers } = await get(path);
    expect(headers.get('content-security-policy'), path).toMatch(/default-src 'none'.*script-src 'self'/);
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  }
  const mine = await get('/healthz', { headers: { 'x-request-id': 'my-request-1' } });
  expect(mine.headers.get('x-request-id')).toBe('my-request-1');
});

/** Headers that fetch refuses to send. */
function raw(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${server.url}${path}`, { headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

test.each([
  ['another Host (a rebound name)', { host: 'evil.example' }],
  ['a Host that only begins well', { host: 'localhost.evil.example' }],
  ['a proxy', { 'x-forwarded-for': '203.0.113.7' }],
  ['a standard proxy', { forwarded: 'for=203.0.113.7' }],
  ['a page of another origin', { origin: 'https://evil.example' }],
  ['a page on another port', { origin: 'http://localhost:1' }],
  ['a page without origin', { origin: 'null' }],
  ['a cross-site request', { 'sec-fetch-site': 'cross-site' }],
])('only this machine: %s is refused', async (_name, headers) => {
  for (const path of ['/api/v1/console/overview', '/api/v1/openapi.json', '/metrics', '/console'])
    expect(await raw(path, headers), path).toBe(403);
  expect(await raw('/healthz', headers)).toBe(200);
});

test('a page of our own may call', async () => {
  const { host } = new URL(server.url);
  expect(
    await raw('/api/v1/openapi.json', { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }),
  ).toBe(200);
});

test('headers without end are refused', async () => {
  const { port } = new URL(server.url);
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`);
    });
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('close', () => resolve(text));
    socket.on('error', () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1.1 431/);
});

test('paths do not leave the console’s folder', async () => {
  for (const path of [
    '/console/..%2f..%2fpackage.json',
    '/console/%2e%2e/%2e%2e/package.json',
    '/console/%00',
  ])
    expect((await get(path)).status, path).toBe(404);
});
