import type { Text } from '@socle/kernel';
import type { App } from '../compose/app.ts';
import type { Overview } from './contract.ts';
import { moduleView, type Seen } from './evidence.ts';

type Node = Overview['nodes'][number];
type Edge = Overview['edges'][number];

export async function overview(app: App): Promise<Overview> {
  const [database, counts, seen, map] = await Promise.all([
    databaseView(app),
    countsOf(app),
    look(app),
    whatFeedsWhat(app),
  ]);
  return {
    version: app.version,
    startedAt: app.startedAt.toISOString(),
    database,
    modules: [...app.boot().chains.values()].map((chain) => moduleView(app, chain, seen)),
    platforms: app.platforms.map((platform) => ({
      id: platform.id,
      title: platform.title,
      state: app.boot().platforms.get(platform.id)?.result.state ?? 'absent',
      ports: platform.adapters.map((one) => one.port.id),
    })),
    ...map,
    counts,
  };
}

async function databaseView({ database }: App): Promise<Overview['database']> {
  const [row] = await database.sql.query<{ version: string; size: string }>(
    `select current_setting('server_version') as version, pg_database_size(current_database()) as size`,
  );
  return { kind: database.kind, version: row?.version ?? '', sizeBytes: Number(row?.size ?? 0) };
}

async function countsOf({ database }: App): Promise<Overview['counts']> {
  const [row] = await database.sql.query<Overview['counts']>(
    `select
       (select count(*)::int from socle.deliveries where received_at > now() - interval '24 hours') as "deliveries24h",
       (select count(*)::int from socle.events where recorded_at > now() - interval '24 hours') as "events24h",
       (select count(*)::int from socle.runs where created_at > now() - interval '24 hours') as "runs24h",
       (select count(*)::int from socle.runs where state = 'failed') as "failedRuns",
       (select count(*)::int from socle.runs where state = 'parked') as "parkedRuns"`,
  );
  return row ?? { deliveries24h: 0, events24h: 0, runs24h: 0, failedRuns: 0, parkedRuns: 0 };
}

async function look(app: App): Promise<Seen> {
  const inbound = app.platforms.flatMap((one) => (one.webhook ? one.id : []));
  const [calls, facts, delivered] = await Promise.all([
    app.facts.recent(),
    app.facts.seen(),
    app.database.sql.query<{ id: string }>(
      `select id from unnest($1::text[]) as p(id)
       where exists (select from socle.deliveries d where d.platform = p.id)`,
      [inbound],
    ),
  ]);
  return { calls, facts, delivered: new Set(delivered.map((one) => one.id)) };
}

/** Derived from what is declared: webhooks tell events, events trigger flows, steps call modules, chains name platforms. */
async function whatFeedsWhat(app: App): Promise<{ nodes: readonly Node[]; edges: readonly Edge[] }> {
  const nodes = new Map<string, Node>();
  const edges = new Map<string, Edge>();
  const node = (kind: Node['kind'], name: string, title: Text): string => {
    const id = `${kind}:${name}`;
    if (!nodes.has(id)) nodes.set(id, { id, kind, title });
    return id;
  };
  const edge = (one: Edge): void => void edges.set(`${one.from} ${one.to} ${one.kind}`, one);
  const same = (name: string): Text => ({ en: name, fr: name });

  const flows = await app.engine.list();
  const triggers = new Set(flows.flatMap(({ trigger }) => (trigger.kind === 'event' ? trigger.type : [])));
  for (const flow of flows) {
    const id = node('flow', flow.id, flow.title);
    if (flow.trigger.kind === 'event')
      edge({
        from: node('event', flow.trigger.type, same(flow.trigger.type)),
        to: id,
        label: '',
        kind: 'trigger',
      });
    for (const { uses } of flow.steps) {
      const [port = '', operation = ''] = (uses ?? '').split('.');
      const chain = app.boot().chains.get(port);
      if (chain)
        edge({ from: id, to: node('module', port, chain.port.title), label: operation, kind: 'call' });
    }
    for (const type of flow.emits)
      edge({ from: id, to: node('event', type, same(type)), label: '', kind: 'emit' });
  }
  for (const { port, platforms } of app.boot().chains.values()) {
    const module = node('module', port.id, port.title);
    for (const id of platforms) {
      const platform = app.platform(id);
      if (platform)
        edge({ from: module, to: node('platform', id, same(platform.title)), label: port.id, kind: 'call' });
    }
  }
  for (const { platform, result } of app.boot().platforms.values()) {
    if (!platform.webhook || result.state !== 'ready') continue;
    const told = platform.adapters.flatMap(({ port }) => Object.keys(port.events));
    for (const type of told.filter((one) => triggers.has(one)))
      edge({
        from: node('platform', platform.id, same(platform.title)),
        to: node('event', type, same(type)),
        label: 'webhook',
        kind: 'webhook',
      });
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}
