import type { Translate } from '@socle/ui';
import type { FlowView } from '../../../server/console/contract.ts';
import { graphTexts } from '../texts/overview.ts';
import type { Graph, GraphEdge, GraphNode } from './layout.ts';

/** Trigger, steps in their order, then what the flow emits. */
export function flowGraph(flow: FlowView, t: Translate): Graph {
  const { trigger } = flow;
  const start: GraphNode =
    trigger.kind === 'event'
      ? { id: 'trigger', kind: 'event', title: trigger.type }
      : { id: 'trigger', kind: 'schedule', title: trigger.cron };
  const steps = flow.steps.map(
    (step): GraphNode => ({
      id: `step ${step.id}`,
      kind: 'step',
      title: t(step.title),
      ...(step.uses === null ? {} : { note: step.uses }),
    }),
  );
  const emitted = flow.emits.map((type): GraphNode => ({ id: `emit ${type}`, kind: 'event', title: type }));
  const line = [start, ...steps];
  const last = line.at(-1) ?? start;
  const edges = line.slice(1).map((node, at): GraphEdge => {
    const from = line[at] ?? start;
    return { from: from.id, to: node.id, label: t(at === 0 ? graphTexts.trigger : graphTexts.next) };
  });
  return {
    nodes: [...line, ...emitted],
    edges: [...edges, ...emitted.map(({ id }) => ({ from: last.id, to: id, label: t(graphTexts.emit) }))],
  };
}
