import { EmptyState, PageHeader, Select, useSpeech } from '@socle/ui';
import { getRouteApi, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { FlowView, RunView } from '../../../server/console/contract.ts';
import { commands } from '../data/commands.ts';
import { RUN_STATES, runLabels } from '../data/labels.ts';
import { useList, useOne } from '../data/queries.ts';
import { useFilters } from '../parts/filters.ts';
import { FlowTabs } from '../parts/flow-tabs.tsx';
import { ListBody, Split, useDetailId } from '../parts/list.tsx';
import { RunTable } from '../parts/run-table.tsx';
import { flowTexts as texts } from '../texts/flows.ts';
import { shellTexts } from '../texts/shell.ts';

const route = getRouteApi('/runs');

export function RunsPage(): ReactNode {
  const { t } = useSpeech();
  return (
    <>
      <PageHeader title={t(shellTexts.runs)} lead={t(texts.runsLead)} actions={<FlowTabs />} />
      <Split list={<RunList />} detail={<Outlet />} />
    </>
  );
}

function RunList(): ReactNode {
  const { t } = useSpeech();
  const { pages = 1, ...filters } = route.useSearch();
  const { change, clear, more } = useFilters();
  const current = useDetailId();
  const flows = useOne<readonly FlowView[]>('flows', '/flows').data ?? [];
  const list = useList<RunView>({ subject: 'runs', path: '/runs', filters, pages });
  return (
    <>
      <div className="mb-4 flex flex-wrap gap-2">
        <div className="w-56">
          <Select
            aria-label={t(texts.flow)}
            value={filters.flow ?? ''}
            onPick={(flow) => change({ flow })}
            options={[
              { value: '', label: t(texts.allFlows) },
              ...flows.map(({ id, title }) => ({ value: id, label: t(title) })),
            ]}
          />
        </div>
        <div className="w-40">
          <Select
            aria-label={t(shellTexts.state)}
            value={filters.state ?? ''}
            onPick={(state) => change({ state })}
            options={[
              { value: '', label: t(shellTexts.allStates) },
              ...RUN_STATES.map((state) => ({ value: state, label: t(runLabels[state].text) })),
            ]}
          />
        </div>
      </div>
      <ListBody
        list={list}
        filtered={Object.keys(filters).length > 0}
        onClear={clear}
        onMore={more}
        empty={
          <EmptyState title={t(texts.emptyTitle)} command={commands.payment}>
            {t(texts.emptyLead)}
          </EmptyState>
        }
      >
        <RunTable caption={t(shellTexts.runs)} runs={list.items} current={current} keepFilters />
      </ListBody>
    </>
  );
}
