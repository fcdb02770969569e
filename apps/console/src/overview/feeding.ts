import type { Translate } from '@socle/ui';
import type { Overview } from '../../../server/console/contract.ts';
import type { Graph } from '../graph/layout.ts';
import { graphTexts } from '../texts/overview.ts';

/**
 * What feeds what, from left to right. A platform that sends webhooks and carries out calls as well stands at both
 * ends, for it is where things come from and where they go; one box would bend every line back.
 */
export function feedingGraph({ nodes, edges }: Overview, t: Translate): Graph {
  const senders = new Set(edges.filter(({ kind }) => kind === 'webhook').map(({ from }) => from));
  const isReturn = ({ kind, to }: Overview['edges'][number]): boolean => kind === 'call' && senders.has(to);
  const served = new Set(edges.filter(isReturn).map(({ to }) => to));
  const named = nodes.map(({ id, kind, title }) => ({ id, kind, title: t(title) }));
  return {
    nodes: [
      ...named,
      ...named.filter(({ id }) => served.has(id)).map((one) => ({ ...one, id: outlet(one.id) })),
    ],
    edges: edges.map((edge) => ({
      from: edge.from,
      to: isReturn(edge) ? outlet(edge.to) : edge.to,
      // An operation has a name of its own; the other links are told in the reader's language.
      label: edge.kind === 'call' ? edge.label : t(graphTexts[edge.kind]),
    })),
  };
}

function outlet(id: string): string {
  return `${id} (called)`;
}
