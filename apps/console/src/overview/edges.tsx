import { Table, useSpeech } from '@socle/ui';
import type { ReactNode } from 'react';
import type { Graph } from '../graph/layout.ts';
import { graphTexts, overviewTexts as texts } from '../texts/overview.ts';

/** The map in words, for who cannot see or use it. */
export function EdgeTable({ graph }: { readonly graph: Graph }): ReactNode {
  const { t } = useSpeech();
  const names = new Map(
    graph.nodes.map((node) => [
      node.id,
      <>
        {node.title} <span className="text-muted">{t(graphTexts[node.kind])}</span>
      </>,
    ]),
  );
  return (
    <Table
      caption={t(texts.map)}
      rows={graph.edges}
      keyOf={({ from, label, to }) => `${from} ${label} ${to}`}
      columns={[
        { id: 'from', title: t(texts.from), className: 'font-[560]', cell: ({ from }) => names.get(from) },
        { id: 'link', title: t(texts.link), className: 'text-ink-soft', cell: ({ label }) => label },
        { id: 'to', title: t(texts.to), className: 'font-[560]', cell: ({ to }) => names.get(to) },
      ]}
    />
  );
}
