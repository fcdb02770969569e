import { isSocleError, SocleError } from '@socle/kernel';
import { Hono } from 'hono';
import type { App } from '../compose/app.ts';
import { createLiveHub } from '../console/live.ts';
import { mountConsole } from '../console/routes.ts';
import { mountApi } from './api.ts';
import { type Env, headers, localOnly } from './guards.ts';
import { mountHealth } from './health.ts';
import { mountPages } from './pages.ts';
import { toProblem } from './problems.ts';
import { mountWebhooks } from './webhooks.ts';

export interface Gateway {
  readonly fetch: Hono<Env>['fetch'];
  /** Ends the streams, which would keep the server from closing. */
  close(): Promise<void>;
}

/** Every HTTP path of design §6 that exists so far. */
export async function createGateway(app: App): Promise<Gateway> {
  const { telemetry } = app;
  const live = await createLiveHub({ database: app.database, log: telemetry.log });
  const hono = new Hono<Env>({ getPath: pathOf });
  // Before the headers of pages: what no browser reads need not pay for them.
  mountWebhooks(hono, app);
  hono.use(headers(app.addresses));
  hono.use(async (c, next) => {
    if (app.consoleKey !== undefined) c.set('consoleKey', app.consoleKey);
    await next();
  });
  mountHealth(hono, app);
  hono.use('/api/*', localOnly);
  mountConsole(hono, app, live);
  mountApi(hono, app);
  mountPages(hono, app);

  hono.notFound((c) =>
    toProblem(new SocleError('not_found', `nothing answers ${c.req.method} ${c.req.path}`), {
      requestId: c.get('requestId') ?? crypto.randomUUID(),
      redactor: telemetry.redactor,
    }),
  );
  hono.onError((thrown, c) => {
    const requestId = c.get('requestId') ?? crypto.randomUUID();
    if (!isSocleError(thrown) || thrown.code === 'internal')
      telemetry.log.error({ requestId, path: c.req.path, err: thrown }, 'a request failed');
    return toProblem(thrown, { requestId, redactor: telemetry.redactor });
  });
  return { fetch: hono.fetch, close: live.close };
}

/** `/api/…` is an alias of the current version, `/api/v1/…`. */
function pathOf({ url }: Request): string {
  const from = url.indexOf('/', url.indexOf('://') + 3);
  const query = url.indexOf('?', from);
  const path = url.slice(from, query === -1 ? undefined : query);
  const isAlias = path.startsWith('/api/') && !/^\/api\/(v1\/|docs)/.test(path);
  return isAlias ? `/api/v1/${path.slice('/api/'.length)}` : path;
}
