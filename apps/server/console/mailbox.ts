import { systemClock } from '@socle/kernel';
import { createMailbox } from '@socle/platform-embedded/mailbox';
import type { Hono } from 'hono';
import type { App } from '../compose/app.ts';
import type { Ctx, Env } from '../gateway/guards.ts';

interface Mounting {
  readonly base: string;
  answer(value: unknown, init?: ResponseInit): Response;
}

/** A stranger's HTML: no script, no form, nothing fetched from anywhere, no origin of its own. */
const MAIL_CSP =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

export function mountMailbox(hono: Hono<Env>, app: App, { base, answer }: Mounting): void {
  const mailbox = createMailbox({ sql: app.database.sql, clock: systemClock });

  hono.get(base, async (c) => {
    const { search, cursor } = c.req.query();
    return answer(await mailbox.list({ ...(search ? { search } : {}), ...(cursor ? { cursor } : {}) }));
  });
  hono.get(`${base}/:id`, async (c) => answer(await mailbox.show(id(c))));
  hono.get(`${base}/:id/html`, async (c) => {
    const html = app.telemetry.redactor.text(await mailbox.html(id(c)));
    return new Response(html, {
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': MAIL_CSP,
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      },
    });
  });
  hono.get(`${base}/:id/attachments/:position{[0-9]+}`, async (c) => {
    const { filename, content } = await mailbox.attachment(id(c), Number(c.req.param('position')));
    return new Response(new Uint8Array(content), {
      headers: {
        // Its declared type is a stranger's word.
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(filename).replaceAll("'", '%27')}`,
        'content-security-policy': "default-src 'none'; sandbox",
      },
    });
  });
  hono.delete(`${base}/:id`, async (c) => {
    await mailbox.remove(id(c));
    return answer({ removed: true });
  });
  hono.post(`${base}/:id/restore`, async (c) => {
    await mailbox.restore(id(c));
    return answer({ restored: true });
  });
}

function id(c: Ctx): string {
  return c.req.param('id') ?? '';
}
