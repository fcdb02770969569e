import { type CallRecord, type Host, systemClock } from '@socle/kernel';
import type { Database } from '@socle/service-database';
import { createEffects, type EffectStore } from '@socle/service-effects';
import { createEgress, type Egress } from '@socle/service-egress';
import { createEventStore, createLive, type EventStore, type Live } from '@socle/service-events';
import { createFlowEngine, type FlowEngine, startFlows } from '@socle/service-flows';
import { createInbox, type Inbox } from '@socle/service-inbox';
import { createJobQueue, type JobQueue } from '@socle/service-jobs';
import { createLedger, type Ledger } from '@socle/service-ledger';
import {
  createDeferral,
  createFacts,
  createModules,
  createRoutes,
  type DeferredJobs,
  type Facts,
  type Modules,
} from '@socle/service-modules';
import type { Boot } from '@socle/service-settings';
import type { Telemetry } from '@socle/service-telemetry';
import { flows } from './flows.ts';
import { type Addresses, createHosts, EMBEDDED } from './hosts.ts';
import { inboundPlatform } from './webhooks.ts';

export const DEFERRED_TASK = 'modules.deferred';

export interface Services {
  readonly egress: Egress;
  readonly ledger: Ledger;
  readonly effects: EffectStore;
  readonly facts: Facts;
  readonly live: Live;
  readonly jobs: JobQueue;
  readonly deferredJobs: DeferredJobs;
  readonly modules: Modules;
  readonly events: EventStore;
  readonly inbox: Inbox;
  readonly engine: FlowEngine;
  hostFor(platform: string): Host;
  close(): Promise<void>;
}

export interface Base {
  readonly boot: () => Boot;
  readonly database: Database;
  readonly telemetry: Telemetry;
  readonly addresses: Addresses;
  readonly processId: string;
}

/** The mechanisms, wired to each other. Nothing runs yet. */
export function createServices(base: Base): Services {
  const { boot, database, telemetry, addresses, processId } = base;
  const { sql } = database;
  const { log } = telemetry;
  const clock = systemClock;

  const egress = createEgress({
    log,
    declared: (id) => declaredHosts(id, base),
    onResponse: (id, headers, status) => void ledger.observeResponse(id, { headers, status }),
  });
  const live = createLive({ sql });
  const jobs = createJobQueue({ database });
  const events = createEventStore({ database, live, reaction: startFlows(flows) });
  const ledger = createLedger({
    database,
    plans: (id) => boot().platforms.get(id)?.plan,
    clock,
    log,
    emit: async (type, data) => {
      await events.append('/ledger', [
        { id: data.id, type, time: clock.now(), subject: data.platform, data },
      ]);
    },
  });
  const effects = createEffects({ database, clock, processId });
  const facts = createFacts({ sql, clock, log });
  const hostFor = createHosts({ egress, telemetry, database, addresses });
  const deferredJobs: DeferredJobs = {
    enqueue: (tx, { key, runAt }) =>
      jobs.add(DEFERRED_TASK, { key }, { key: `deferred:${key}`, runAt, sql: tx }),
  };
  const observe = (record: CallRecord): void => {
    telemetry.observe(record);
    facts.observe(record);
    live.tell('quotas');
  };
  const modules = createModules({
    boot: boot(),
    pipeline: { guard: ledger, effects, clock, observe },
    hostFor: ({ platform }) => hostFor(platform.id),
    log,
    clock,
    deferral: createDeferral({ sql, jobs: deferredJobs, clock }),
    routes: createRoutes({ sql }),
    scrub: (error) => telemetry.redactor.error(error),
    span: (name, attributes, work) => telemetry.span({ name, kind: 'client', attributes }, work),
  });
  const inbox = createInbox({
    database,
    events,
    clock,
    log,
    live,
    platforms: (id) =>
      inboundPlatform(id, {
        boot: boot(),
        publicBaseUrl: addresses.publicBaseUrl,
        hostFor,
        redactor: telemetry.redactor,
      }),
  });
  const { call } = modules;
  const engine = createFlowEngine({ database, events, flows, effects, clock, log, live, call });

  return {
    egress,
    ledger,
    effects,
    facts,
    live,
    jobs,
    deferredJobs,
    modules,
    events,
    inbox,
    engine,
    hostFor,
    async close() {
      await modules.close();
      await Promise.all([ledger.close(), facts.close(), egress.close()]);
    },
  };
}

/** What a platform may reach with its present settings: nothing while it is switched off. */
function declaredHosts(id: string, { boot, addresses }: Base): readonly string[] {
  if (id === EMBEDDED) return [new URL(addresses.selfBaseUrl).host];
  const configured = boot().platforms.get(id);
  return configured?.result.state === 'ready' ? configured.platform.hosts(configured.result.value) : [];
}
