import type { HeaderMap } from '@socle/kernel';
import { SocleError } from '@socle/kernel';
import { isTooLarge } from '@socle/service-inbox';
import type { Hono } from 'hono';
import type { App } from '../compose/app.ts';
import { readBody } from './body.ts';
import type { Ctx, Env } from './guards.ts';
import { HttpProblem, json } from './problems.ts';

const DEFAULT_MAX_BYTES = 1 << 20;

/** Open to the world: the signature decides. Answers only after the delivery is committed. */
export function mountWebhooks(hono: Hono<Env>, app: App): void {
  // Hono answers HEAD by its GET route.
  hono.get('/webhook/:platform', (c) => {
    const webhook = app.platform(c.req.param('platform'))?.webhook;
    const probed = c.req.raw.method === 'HEAD' && webhook?.answersHead;
    return new Response(null, { status: probed ? 200 : webhook ? 405 : 404, headers: { allow: 'POST' } });
  });
  hono.post('/webhook/:platform', async (c) => {
    const id = c.req.param('platform');
    return app.telemetry.span(
      { name: `webhook ${id}`, kind: 'server', attributes: { 'socle.platform': id } },
      () => receive(c, id, app),
    );
  });
}

async function receive(c: Ctx, id: string, app: App): Promise<Response> {
  const webhook = app.platform(id)?.webhook;
  if (!webhook) throw new SocleError('not_found', `no platform "${id.slice(0, 40)}" takes webhooks here`);
  try {
    const body = await readBody(c.env.incoming, webhook.maxBytes ?? DEFAULT_MAX_BYTES);
    const { status } = await app.inbox.receive(id, { headers: headersOf(c), body });
    app.telemetry.metrics.delivery(id, status);
    return json({ status });
  } catch (thrown) {
    const error = isTooLarge(thrown) ? new HttpProblem(413, 'the body is too large') : thrown;
    app.telemetry.metrics.delivery(id, error instanceof SocleError ? error.code : 'internal');
    throw error;
  }
}

/** A header sent twice arrives as one, its values joined: no scheme signs such a header. */
function headersOf(c: Ctx): HeaderMap {
  return Object.fromEntries(
    Object.entries(c.env.incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : value,
    ]),
  );
}
