import { EmptyState, PageHeader, rowLink, Status, Table, useSpeech } from '@socle/ui';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { FlowView } from '../../../server/console/contract.ts';
import { RUN_STATES, runLabels } from '../data/labels.ts';
import { useOne } from '../data/queries.ts';
import { FlowTabs } from '../parts/flow-tabs.tsx';
import { Result } from '../parts/result.tsx';
import { flowTexts as texts } from '../texts/flows.ts';
import { shellTexts } from '../texts/shell.ts';

export function FlowsPage(): ReactNode {
  const { t } = useSpeech();
  const query = useOne<readonly FlowView[]>('flows', '/flows');
  return (
    <>
      <PageHeader title={t(shellTexts.flows)} lead={t(texts.lead)} actions={<FlowTabs />} />
      <Result query={query}>{(flows) => <FlowTable flows={flows} />}</Result>
    </>
  );
}

function FlowTable({ flows }: { readonly flows: readonly FlowView[] }): ReactNode {
  const { t, format } = useSpeech();
  if (flows.length === 0) return <EmptyState title={t(texts.emptyFlows)} />;
  return (
    <Table
      caption={t(shellTexts.flows)}
      rows={flows}
      keyOf={({ id }) => id}
      columns={[
        {
          id: 'flow',
          title: t(texts.flow),
          cell: ({ id, title }) => (
            <>
              <Link to="/flows/$id" params={{ id }} className={rowLink}>
                {t(title)}
              </Link>
              <div className="mono text-muted">{id}</div>
            </>
          ),
        },
        {
          id: 'trigger',
          title: t(texts.trigger),
          className: 'mono break-all',
          cell: ({ trigger }) => (trigger.kind === 'event' ? trigger.type : trigger.cron),
        },
        {
          id: 'steps',
          title: t(texts.steps),
          wideOnly: true,
          align: 'end',
          cell: ({ steps }) => format.number(steps.length),
        },
        {
          id: 'runs',
          title: t(shellTexts.runs),
          cell: ({ id, counts }) => {
            const present = RUN_STATES.filter((state) => counts[state] > 0);
            if (present.length === 0) return <span className="text-muted">–</span>;
            return (
              <ul className="relative z-1 flex flex-wrap gap-x-4 gap-y-1">
                {present.map((state) => (
                  <li key={state}>
                    <Link to="/runs" search={{ flow: id, state }} className="hover:underline">
                      <Status tone={runLabels[state].tone}>
                        {format.number(counts[state])} {t(runLabels[state].text)}
                      </Status>
                    </Link>
                  </li>
                ))}
              </ul>
            );
          },
        },
      ]}
    />
  );
}
