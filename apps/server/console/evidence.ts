import type { Text } from '@socle/kernel';
import type { CallCount } from '@socle/service-modules';
import type { Chain } from '@socle/service-settings';
import type { App } from '../compose/app.ts';
import type { ModuleView } from './contract.ts';

interface Evidence {
  readonly text: Text;
  readonly done: boolean;
}

export interface Seen {
  readonly calls: readonly CallCount[];
  readonly facts: ReadonlySet<string>;
  /** Platforms that have delivered. */
  readonly delivered: ReadonlySet<string>;
}

/** A module as it stands: what answers now, and what was seen working. */
export function moduleView(app: App, chain: Chain, seen: Seen): ModuleView {
  const boot = app.boot();
  const states = chain.platforms.map((id) => boot.platforms.get(id)?.result.state ?? 'absent');
  const at = Math.max(0, states.indexOf('ready'));
  const adapter = chain.platforms[at] ?? 'embedded';
  const calls = seen.calls.filter((one) => one.port === chain.port.id);
  const evidence = evidenceOf(app, { port: chain.port.id, adapter, ready: states[at] === 'ready', seen });
  const done = evidence.filter((one) => one.done).length;
  return {
    port: chain.port.id,
    title: chain.port.title,
    adapter,
    chain: chain.platforms,
    policy: chain.policy,
    state: at > 0 || states[at] !== 'ready' ? 'degraded' : adapter === 'embedded' ? 'embedded' : 'live',
    progress: { percent: Math.round((100 * done) / evidence.length), evidence },
    calls24h: sum(calls),
    errors24h: sum(calls.filter((one) => one.code !== 'ok')),
  };
}

interface Looked {
  readonly port: string;
  readonly adapter: string;
  readonly ready: boolean;
  readonly seen: Seen;
}

function evidenceOf(app: App, { port, adapter, ready, seen }: Looked): Evidence[] {
  const succeeded = (effect: 'read' | 'write'): boolean =>
    seen.calls.some(
      (one) =>
        one.port === port &&
        one.platform === adapter &&
        one.code === 'ok' &&
        app.boot().chains.get(port)?.port.operations[one.operation]?.effect === effect,
    );
  const platform = app.platform(adapter);
  const tellsEvents = Object.keys(app.boot().chains.get(port)?.port.events ?? {}).length > 0;
  return [
    { text: { en: 'The adapter is configured', fr: "L'adaptateur est configuré" }, done: ready },
    {
      text: { en: 'The connection was verified', fr: 'La connexion a été vérifiée' },
      done: seen.facts.has(`platform:${adapter} verified`),
    },
    {
      text: { en: 'A call succeeded in the last day', fr: 'Un appel a réussi ces dernières 24 h' },
      done: succeeded('read') || succeeded('write'),
    },
    ...(platform?.webhook && tellsEvents
      ? [
          {
            text: { en: 'A webhook was received', fr: 'Un webhook a été reçu' },
            done: seen.delivered.has(adapter),
          },
        ]
      : []),
    ...(platform?.loadAudit
      ? [
          {
            text: { en: 'The audit passed', fr: "L'audit a réussi" },
            done: seen.facts.has(`platform:${adapter} audited:${port}`),
          },
        ]
      : []),
  ];
}

function sum(counts: readonly CallCount[]): number {
  return counts.reduce((total, one) => total + one.calls, 0);
}
