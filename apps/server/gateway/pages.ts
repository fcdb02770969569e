import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SocleError } from '@socle/kernel';
import type { Hono } from 'hono';
import type { App } from '../compose/app.ts';
import { type Env, knownHost, localOnly } from './guards.ts';
import { serveApp } from './static.ts';

const DIST = fileURLToPath(new URL('../../console/dist', import.meta.url));

/** Pages for people: the console, and those that platforms bring themselves (embedded checkout, signed files). */
export function mountPages(hono: Hono<Env>, app: App): void {
  hono.get('/', (c) => c.redirect('/console'));
  hono.get('/console', localOnly, () => consolePage(''));
  hono.get('/console/*', localOnly, (c) => consolePage(c.req.path.slice('/console/'.length)));

  for (const platform of app.platforms) {
    const { loadPages } = platform;
    if (!loadPages) continue;
    let pages: Promise<(request: Request) => Promise<Response>> | undefined;
    hono.all(`/${platform.id}/*`, knownHost(app.addresses), async (c) => {
      const result = app.boot().platforms.get(platform.id)?.result;
      if (result?.state !== 'ready') throw new SocleError('not_found', 'no such page');
      pages ??= loadPages().then(({ createPages }) => createPages(result.value, app.hostFor(platform.id)));
      return (await pages)(c.req.raw);
    });
  }
}

async function consolePage(path: string): Promise<Response> {
  if (!existsSync(join(DIST, 'index.html')))
    throw new SocleError('not_found', 'the console is not built · npm run build --workspace @socle/console');
  const answer = await serveApp(DIST, path || 'index.html');
  if (!answer) throw new SocleError('not_found', 'the console has no such file');
  return answer;
}
