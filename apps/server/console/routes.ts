import { SocleError } from '@socle/kernel';
import type { Hono } from 'hono';
import { z } from 'zod';
import type { App } from '../compose/app.ts';
import { readJson } from '../gateway/body.ts';
import type { Ctx, Env } from '../gateway/guards.ts';
import { json } from '../gateway/problems.ts';
import type { DeliveryState, EventDetail, QuotaView, RunState } from './contract.ts';
import type { LiveHub } from './live.ts';
import { mountMailbox } from './mailbox.ts';
import { overview } from './overview.ts';
import { changeSettings, listSettings, testConnection } from './settings.ts';

const MAX_BYTES = 1 << 18;
const BASE = '/api/v1/console';

const DELIVERY_STATES = ['received', 'processed', 'failed', 'ignored'] as const satisfies DeliveryState[];
const RUN_STATES = [
  'waiting',
  'running',
  'deferred',
  'succeeded',
  'failed',
  'parked',
  'cancelled',
] as const satisfies RunState[];

/** What a person found out about a step in doubt. */
const Finding = z.strictObject({ stepId: z.string(), outcome: z.enum(['happened', 'did_not_happen']) });

/** The console's API: contract.ts says what each path answers. Everything that leaves is scrubbed. */
export function mountConsole(hono: Hono<Env>, app: App, live: LiveHub): void {
  const { redactor } = app.telemetry;
  const answer = (value: unknown, init?: ResponseInit): Response =>
    json(redactor.value(value), { ...init, headers: { 'cache-control': 'no-store' } });
  const accepted = (): Response => answer({ accepted: true }, { status: 202 });

  hono.get(`${BASE}/overview`, async () => answer(await overview(app)));
  hono.get(`${BASE}/quotas`, async () => answer(await quotas(app)));
  hono.get(`${BASE}/live`, (c) => live.stream(c.req.raw.signal));

  hono.get(`${BASE}/deliveries`, async (c) =>
    answer(
      await app.inbox.list({
        ...page(c),
        platform: c.req.query('platform') || undefined,
        state: oneOf(DELIVERY_STATES, c.req.query('state')),
      }),
    ),
  );
  hono.get(`${BASE}/deliveries/:id`, async (c) => answer(await app.inbox.show(c.req.param('id'))));
  hono.post(`${BASE}/deliveries/:id/replay`, async (c) => {
    await app.inbox.replay(c.req.param('id'));
    return accepted();
  });

  hono.get(`${BASE}/events`, async (c) =>
    answer(await app.events.list({ ...page(c), type: c.req.query('type') || undefined })),
  );
  hono.get(`${BASE}/events/:id`, async (c) => answer(await eventDetail(app, c.req.param('id'))));
  hono.post(`${BASE}/events/:id/replay`, async (c) => {
    await app.events.replay(c.req.param('id'));
    return accepted();
  });

  hono.get(`${BASE}/flows`, async () => answer(await app.engine.list()));
  hono.get(`${BASE}/runs`, async (c) =>
    answer(
      await app.engine.runs({
        ...page(c),
        flow: c.req.query('flow') || undefined,
        state: oneOf(RUN_STATES, c.req.query('state')),
      }),
    ),
  );
  hono.get(`${BASE}/runs/:id`, async (c) => answer(await app.engine.show(c.req.param('id'))));
  hono.post(`${BASE}/runs/:id/:action{retry|cancel}`, async (c) => {
    const { id, action } = c.req.param();
    await (action === 'retry' ? app.engine.retry(id) : app.engine.cancel(id));
    return accepted();
  });
  hono.post(`${BASE}/runs/:id/resolve`, async (c) => {
    const finding = Finding.safeParse(await readJson(c.env.incoming, MAX_BYTES));
    if (!finding.success)
      throw new SocleError('invalid_argument', 'say {stepId, outcome: "happened" or "did_not_happen"}', {
        applied: 'no',
      });
    await app.engine.resolve(c.req.param('id'), finding.data);
    return accepted();
  });

  mountMailbox(hono, app, { base: `${BASE}/mailbox`, answer });

  hono.get(`${BASE}/settings`, () => answer(listSettings(app)));
  hono.put(`${BASE}/settings/:platform`, async (c) => {
    const body = await readJson(c.env.incoming, MAX_BYTES);
    const changed = await changeSettings(app, { id: c.req.param('platform'), body });
    return 'settings' in changed
      ? answer(changed.settings)
      : answer({ faults: changed.faults }, { status: 422 });
  });
  hono.post(`${BASE}/settings/:platform/test`, async (c) =>
    answer(await testConnection(app, c.req.param('platform'))),
  );

  hono.all(`${BASE}/*`, (c) => {
    throw new SocleError('not_found', `the console API has no ${c.req.method} ${c.req.path}`);
  });
}

async function quotas(app: App): Promise<QuotaView[]> {
  const rows = await app.quotas();
  return rows.map((one) => ({ ...one, platformTitle: app.platform(one.platform)?.title ?? one.platform }));
}

async function eventDetail(app: App, id: string): Promise<EventDetail> {
  const event = await app.events.show(id);
  const { items } = await app.engine.runs({ eventId: id, limit: 200 });
  return { ...event, runs: items };
}

function page(c: Ctx): { cursor?: string; search?: string; limit?: number } {
  const { cursor, search, limit } = c.req.query();
  return {
    ...(cursor ? { cursor } : {}),
    ...(search ? { search } : {}),
    ...(limit && Number.isInteger(Number(limit)) ? { limit: Number(limit) } : {}),
  };
}

function oneOf<T extends string>(allowed: readonly T[], given: string | undefined): T | undefined {
  if (!given) return undefined;
  const found = allowed.find((one) => one === given);
  if (!found) throw new SocleError('invalid_argument', `state is one of ${allowed.join(', ')}`);
  return found;
}
