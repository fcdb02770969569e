import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SocleError } from '@socle/kernel';
import type { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { App } from '../compose/app.ts';
import { CONSOLE_COOKIE, type Env, knownHost, localOnly } from './guards.ts';
import { HttpProblem } from './problems.ts';
import { serveApp } from './static.ts';

const DIST = fileURLToPath(new URL('../../console/dist', import.meta.url));

/** Of what a person sends from a page. */
const MAX_FORM_BYTES = 64 * 1024;

/** Pages for people: the console, and those that platforms bring themselves (embedded checkout, signed files). */
export function mountPages(hono: Hono<Env>, app: App): void {
  hono.get('/', (c) => c.redirect('/console'));
  hono.get('/console', localOnly, async (c) => {
    const key = c.req.query('key');
    if (key === undefined) return consolePage('');
    c.header('set-cookie', `${CONSOLE_COOKIE}=${key}; Path=/; HttpOnly; SameSite=Strict`);
    return c.redirect('/console');
  });
  hono.get('/console/*', localOnly, (c) => consolePage(c.req.path.slice('/console/'.length)));

  for (const platform of app.platforms) {
    const { loadPages } = platform;
    if (!loadPages) continue;
    const forms = bodyLimit({ maxSize: MAX_FORM_BYTES, onError: tooLarge });
    hono.all(`/${platform.id}/*`, knownHost(app.addresses), (c, next) =>
      // an upload is measured while it streams, against the size that its URL was signed for
      c.req.method === 'PUT' ? next() : forms(c, next),
    );
    hono.all(`/${platform.id}/*`, async (c) => {
      const result = app.boot().platforms.get(platform.id)?.result;
      if (result?.state !== 'ready') throw new SocleError('not_found', 'no such page');
      const { createPages } = await loadPages();
      return createPages(result.value, app.hostFor(platform.id))(c.req.raw);
    });
  }
}

function tooLarge(): never {
  throw new HttpProblem(413, `the form has more than ${MAX_FORM_BYTES} bytes`);
}

async function consolePage(path: string): Promise<Response> {
  if (!existsSync(join(DIST, 'index.html')))
    throw new SocleError('not_found', 'the console is not built · npm run build --workspace @socle/console');
  const answer = await serveApp(DIST, path || 'index.html');
  if (!answer) throw new SocleError('not_found', 'the console has no such file');
  return answer;
}
