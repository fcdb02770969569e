import { Readable } from 'node:stream';
import { SocleError } from '@socle/kernel';
import type { Hono } from 'hono';
import type { App } from '../compose/app.ts';
import { readJson } from './body.ts';
import { DOCS_STYLE_PATH, docsPage, docsStyle } from './docs.ts';
import type { Ctx, Env } from './guards.ts';
import { openApi } from './openapi.ts';
import { json } from './problems.ts';

const MAX_JSON_BYTES = 16 << 20;
const OBJECTS = '/api/v1/storage/objects/';

/** Every operation of every module, as POST of JSON; bytes have routes of their own. */
export function mountApi(hono: Hono<Env>, app: App): void {
  const ports = () => [...app.boot().chains.values()].map((one) => one.port);
  hono.get('/api/v1/openapi.json', () =>
    json(openApi(ports(), { url: app.addresses.publicBaseUrl, version: app.version })),
  );
  hono.get('/api/docs', () => docsPage(ports()));
  hono.get(DOCS_STYLE_PATH, docsStyle);

  hono.put(`${OBJECTS}*`, async (c) => json(await putObject(c, app)));
  hono.get(`${OBJECTS}*`, (c) => getObject(c, app));

  hono.post('/api/v1/:port/:operation', async (c) => {
    const { port, operation } = c.req.param();
    const spec = app.boot().chains.get(port)?.port.operations[operation];
    if (spec && (spec.transport ?? 'json') !== 'json')
      throw new SocleError('invalid_argument', `${port}.${operation} carries no JSON · see /api/docs`);
    const input = await readJson(c.env.incoming, MAX_JSON_BYTES);
    return json(await app.modules.call({ port, operation, input, ...options(c) }));
  });
}

function options(c: Ctx): { idempotencyKey?: string; via?: string; signal: AbortSignal } {
  const idempotencyKey = c.req.header('idempotency-key');
  if (idempotencyKey !== undefined && !/^[\x21-\x7e]{1,255}$/.test(idempotencyKey))
    throw new SocleError('invalid_argument', 'Idempotency-Key must have 1 to 255 visible ASCII characters');
  const via = c.req.query('via');
  return {
    signal: c.req.raw.signal,
    ...(idempotencyKey ? { idempotencyKey } : {}),
    ...(via ? { via } : {}),
  };
}

function keyOf(c: Ctx): string {
  const path = new URL(c.req.url).pathname.replace(/^\/api\/(v1\/)?storage\/objects\//, '');
  try {
    return decodeURIComponent(path);
  } catch {
    throw new SocleError('invalid_argument', 'the key is not valid percent-encoding');
  }
}

function putObject(c: Ctx, app: App): Promise<unknown> {
  const contentType = c.req.header('content-type');
  const body = Readable.toWeb(c.env.incoming) as ReadableStream<Uint8Array>;
  const input = {
    key: keyOf(c),
    body,
    ...(contentType ? { contentType } : {}),
    ...(c.req.header('if-none-match') === '*' ? { ifAbsent: true } : {}),
  };
  return app.modules.call({ port: 'storage', operation: 'put', input, ...options(c) });
}

interface StoredObject {
  readonly body: ReadableStream<Uint8Array>;
  readonly contentType: string;
  readonly etag: string;
  readonly sizeBytes: number;
}

async function getObject(c: Ctx, app: App): Promise<Response> {
  const range = /^bytes=(\d+)-(\d*)$/.exec(c.req.header('range') ?? '');
  const input = {
    key: keyOf(c),
    ...(range ? { range: { start: Number(range[1]), ...(range[2] ? { end: Number(range[2]) } : {}) } } : {}),
  };
  // Not the request's signal: it ends with the handler, the body does not.
  const { signal: _, ...rest } = options(c);
  const found = (await app.modules.call({
    port: 'storage',
    operation: 'get',
    input,
    ...rest,
  })) as StoredObject;
  return new Response(found.body, {
    status: range ? 206 : 200,
    headers: {
      'content-type': found.contentType,
      etag: found.etag,
      // Somebody else's HTML must not run as ours.
      'content-disposition': 'attachment',
      'content-security-policy': "default-src 'none'; sandbox",
    },
  });
}
