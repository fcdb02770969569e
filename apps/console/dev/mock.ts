import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type {
  LiveNotice,
  MailDetail,
  PlatformSettings,
  SettingsChange,
} from '../../server/console/contract.ts';
import { type Scene, scene } from './data.ts';
import { quotas, settings } from './platforms.ts';

/**
 * The console's API from memory, for working on its pages without a running Socle: `node apps/console/dev/mock.ts`.
 * It serves the built console too, under the same CSP as the real server. No product code knows it.
 */
export interface Mock {
  readonly url: string;
  tell(topic: LiveNotice['topic']): void;
  close(): Promise<void>;
}

export interface MockOptions {
  readonly port?: number;
  /** A fresh installation: nothing has happened yet. */
  readonly empty?: boolean;
}

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const DIST = join(import.meta.dirname, '../dist');
const PAGE = 25;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

type Handler = (request: { params: readonly string[]; query: URLSearchParams; body: unknown }) => unknown;

export async function startMock({ port = 0, empty = false }: MockOptions = {}): Promise<Mock> {
  const data = empty ? emptied(scene(settings(), [])) : scene(settings(), quotas());
  const viewers = new Set<ServerResponse>();
  const tell = (topic: LiveNotice['topic']): void => {
    for (const viewer of viewers) viewer.write(`data: ${JSON.stringify({ topic })}\n\n`);
  };
  const routes = routesOf(data, tell);

  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(JSON.stringify({ code: 'internal', detail: String(error) }));
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://mock');
    if (url.pathname.endsWith('/console/live')) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write('retry: 500\n\n');
      viewers.add(response);
      request.on('close', () => viewers.delete(response));
      return;
    }
    if (!url.pathname.startsWith('/api/')) return page(url.pathname, response);
    const path = url.pathname.replace('/api/v1/console', '');
    const body: unknown = JSON.parse((await text(request)) || 'null');
    for (const [method, pattern, handle] of routes) {
      const match = request.method === method ? pattern.exec(path) : null;
      if (!match) continue;
      const found = handle({ params: match.slice(1).map(decodeURIComponent), query: url.searchParams, body });
      if (found === undefined) break;
      return reply(response, found);
    }
    response.writeHead(404, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ code: 'not_found', status: 404, detail: `nothing at ${path}` }));
  };
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tell,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function reply(response: ServerResponse, found: unknown): void {
  if (typeof found === 'string') {
    response.writeHead(200, {
      'content-type': TYPES['.html'],
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    });
    response.end(found);
    return;
  }
  const status =
    typeof found === 'object' && found !== null && 'faults' in found && !('id' in found) ? 422 : 200;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(found));
}

async function page(path: string, response: ServerResponse): Promise<void> {
  const name = path.replace(/^\/console\/?/, '');
  const file = extname(name) ? name : 'index.html';
  const bytes = await readFile(join(DIST, file)).catch(() => undefined);
  response.writeHead(bytes ? 200 : 404, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': CSP,
  });
  response.end(bytes);
}

function routesOf(data: Scene, tell: Mock['tell']): readonly (readonly [string, RegExp, Handler])[] {
  const trash = new Map<string, MailDetail>();
  const accepted = (topic: LiveNotice['topic']): object => {
    tell(topic);
    return { accepted: true };
  };
  const has = (value: unknown, search: string): boolean =>
    JSON.stringify(value).toLowerCase().includes(search.toLowerCase());
  const list =
    (items: readonly object[]): Handler =>
    ({ query }) => {
      const wanted = items.filter((item) =>
        [...query].every(([name, value]) => {
          if (name === 'cursor') return true;
          return name === 'search' ? has(item, value) : (item as Record<string, unknown>)[name] === value;
        }),
      );
      const from = Number(query.get('cursor') ?? 0);
      const rest = wanted.length > from + PAGE;
      return { items: wanted.slice(from, from + PAGE), ...(rest ? { nextCursor: String(from + PAGE) } : {}) };
    };
  const show =
    (items: readonly { id: string }[]): Handler =>
    ({ params }) =>
      items.find(({ id }) => id === params[0]);
  return [
    ['GET', /^\/overview$/, () => data.overview],
    ['GET', /^\/quotas$/, () => data.quotas],
    ['GET', /^\/deliveries$/, list(data.deliveries)],
    ['GET', /^\/deliveries\/([^/]+)$/, show(data.deliveries)],
    ['POST', /^\/deliveries\/([^/]+)\/replay$/, () => accepted('deliveries')],
    ['GET', /^\/events$/, list(data.events)],
    ['GET', /^\/events\/([^/]+)$/, show(data.events)],
    ['POST', /^\/events\/([^/]+)\/replay$/, () => accepted('events')],
    ['GET', /^\/flows$/, () => data.flows],
    ['GET', /^\/runs$/, list(data.runs)],
    ['GET', /^\/runs\/([^/]+)$/, show(data.runs)],
    ['POST', /^\/runs\/([^/]+)\/(?:retry|cancel|resolve)$/, () => accepted('runs')],
    ['GET', /^\/mailbox$/, list(data.mails)],
    ['GET', /^\/mailbox\/([^/]+)$/, show(data.mails)],
    [
      'GET',
      /^\/mailbox\/([^/]+)\/html$/,
      ({ params }) => html(data.mails.find(({ id }) => id === params[0])),
    ],
    [
      'DELETE',
      /^\/mailbox\/([^/]+)$/,
      ({ params: [id = ''] }) => {
        const at = data.mails.findIndex((one) => one.id === id);
        for (const gone of data.mails.splice(at, at < 0 ? 0 : 1)) trash.set(id, gone);
        return accepted('mailbox');
      },
    ],
    [
      'POST',
      /^\/mailbox\/([^/]+)\/restore$/,
      ({ params: [id = ''] }) => {
        const back = trash.get(id);
        if (back) data.mails.unshift(back);
        return accepted('mailbox');
      },
    ],
    ['GET', /^\/settings$/, () => data.settings],
    [
      'PUT',
      /^\/settings\/([^/]+)$/,
      ({ params, body }) => save(data, params[0] ?? '', body as SettingsChange),
    ],
    ['POST', /^\/settings\/([^/]+)\/test$/, () => ({ ok: true, durationMs: 143 })],
  ];
}

function save({ settings: all }: Scene, id: string, { values }: SettingsChange): unknown {
  const at = all.findIndex((one) => one.id === id);
  const found = all[at];
  if (!found) return undefined;
  const key = values.apiKey;
  if (typeof key === 'string' && !key.startsWith('re_')) {
    return {
      faults: [{ field: 'RESEND_API_KEY', problem: 'must start with re_', fix: 'Dashboard → API Keys' }],
    };
  }
  const fields = found.fields.map((field) => {
    const value = values[field.name];
    if (value === undefined) return field;
    if (value === null) return { ...field, isSet: false, origin: null, value: null };
    return { ...field, isSet: true, origin: 'vault' as const, value: field.secret ? null : value };
  });
  const isReady = fields.every(({ required, isSet }) => !required || isSet);
  const changed: PlatformSettings = { ...found, fields, faults: [], state: isReady ? 'ready' : 'absent' };
  all[at] = changed;
  return changed;
}

function html(mail: MailDetail | undefined): string | undefined {
  return (
    mail &&
    `<body style="font:15px/1.5 Georgia,serif;margin:2rem;color:#222"><h1 style="font-size:20px">Atelier Nord</h1><p>${mail.text?.replaceAll('\n', '<br>')}</p></body>`
  );
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function emptied(full: Scene): Scene {
  const counts = { deliveries24h: 0, events24h: 0, runs24h: 0, failedRuns: 0, parkedRuns: 0 };
  const zero = { waiting: 0, running: 0, deferred: 0, succeeded: 0, failed: 0, parked: 0, cancelled: 0 };
  return {
    ...full,
    overview: { ...full.overview, counts },
    flows: full.flows.map((flow) => ({ ...flow, counts: zero })),
    deliveries: [],
    events: [],
    runs: [],
    mails: [],
  };
}

if (process.argv[1] === import.meta.filename) console.log((await startMock({ port: 5100 })).url);
