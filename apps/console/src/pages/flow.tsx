import { EmptyState, PageHeader, Section, Skeleton, Table, useSpeech } from '@socle/ui';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { FlowView, RunView } from '../../../server/console/contract.ts';
import { commands } from '../data/commands.ts';
import { useList, useOne } from '../data/queries.ts';
import { flowGraph } from '../graph/flow-graph.ts';
import { LazyGraph } from '../graph/lazy.tsx';
import { NotFound } from '../not-found.tsx';
import { FlowTabs } from '../parts/flow-tabs.tsx';
import { Result } from '../parts/result.tsx';
import { RunTable } from '../parts/run-table.tsx';
import { flowTexts as texts } from '../texts/flows.ts';

const route = getRouteApi('/flows/$id');

export function FlowPage(): ReactNode {
  const { id } = route.useParams();
  const query = useOne<readonly FlowView[]>('flows', '/flows');
  return (
    <Result query={query}>
      {(flows) => {
        const flow = flows.find((one) => one.id === id);
        return flow ? <Flow flow={flow} /> : <NotFound />;
      }}
    </Result>
  );
}

function Flow({ flow }: { readonly flow: FlowView }): ReactNode {
  const { t } = useSpeech();
  const { trigger } = flow;
  return (
    <>
      <PageHeader
        title={t(flow.title)}
        lead={
          <span className="mono">
            {flow.id} · {trigger.kind === 'event' ? t(texts.onEvent, trigger) : t(texts.onSchedule, trigger)}
          </span>
        }
        actions={<FlowTabs />}
      />
      <Section title={t(texts.graph)}>
        <LazyGraph graph={flowGraph(flow, t)} label={t(texts.graph)} />
      </Section>
      <Section title={t(texts.steps)}>
        <Table
          caption={t(texts.steps)}
          rows={flow.steps}
          keyOf={({ id }) => id}
          columns={[
            { id: 'title', title: t(texts.step), className: 'font-[560]', cell: ({ title }) => t(title) },
            { id: 'id', title: t(texts.stepId), className: 'mono text-muted', cell: ({ id }) => id },
            { id: 'uses', title: t(texts.uses), className: 'mono', cell: ({ uses }) => uses ?? '–' },
          ]}
        />
      </Section>
      <Section
        title={t(texts.lastRuns)}
        aside={
          <Link to="/runs" search={{ flow: flow.id }} className="text-accent underline underline-offset-4">
            {t(texts.allRuns)}
          </Link>
        }
      >
        <LatestRuns flow={flow.id} />
      </Section>
    </>
  );
}

const LATEST = 8;

function LatestRuns({ flow }: { readonly flow: string }): ReactNode {
  const { t } = useSpeech();
  const { query, items } = useList<RunView>({ subject: 'runs', path: '/runs', filters: { flow }, pages: 1 });
  if (query.isPending) return <Skeleton lines={4} />;
  if (items.length === 0) {
    return (
      <EmptyState title={t(texts.emptyTitle)} command={commands.payment}>
        {t(texts.emptyLead)}
      </EmptyState>
    );
  }
  return <RunTable caption={t(texts.lastRuns)} runs={items.slice(0, LATEST)} />;
}
