import { EmptyState, PageHeader, RelativeTime, rowLink, SearchInput, Table, useSpeech } from '@socle/ui';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { EventView } from '../../../server/console/contract.ts';
import { commands } from '../data/commands.ts';
import { useList } from '../data/queries.ts';
import { useFilters } from '../parts/filters.ts';
import { ListBody, Split, useDetailId } from '../parts/list.tsx';
import { eventTexts as texts } from '../texts/inbox.ts';
import { shellTexts } from '../texts/shell.ts';

const route = getRouteApi('/events');

export function EventsPage(): ReactNode {
  const { t } = useSpeech();
  return (
    <>
      <PageHeader title={t(shellTexts.events)} lead={t(texts.lead)} />
      <Split list={<EventList />} detail={<Outlet />} />
    </>
  );
}

function EventList(): ReactNode {
  const { t } = useSpeech();
  const { pages = 1, ...filters } = route.useSearch();
  const { change, clear, more } = useFilters();
  const current = useDetailId();
  const list = useList<EventView>({ subject: 'events', path: '/events', filters, pages });
  return (
    <>
      <div className="mb-4 flex flex-wrap gap-2">
        <SearchInput
          label={t(texts.searchHint)}
          value={filters.search ?? ''}
          onSearch={(search) => change({ search })}
        />
        <SearchInput
          label={t(texts.typeHint)}
          value={filters.type ?? ''}
          onSearch={(type) => change({ type })}
        />
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
        <Table
          caption={t(shellTexts.events)}
          rows={list.items}
          keyOf={({ id }) => id}
          isCurrent={({ id }) => id === current}
          columns={[
            {
              id: 'type',
              title: t(shellTexts.type),
              className: 'break-all',
              cell: ({ id, type }) => (
                <Link to="/events/$id" params={{ id }} search={(s) => s} className={rowLink}>
                  {type}
                </Link>
              ),
            },
            {
              id: 'source',
              title: t(texts.source),
              className: 'mono break-all',
              cell: ({ source }) => source,
            },
            {
              id: 'subject',
              title: t(texts.subject),
              wideOnly: true,
              className: 'mono break-all text-muted',
              cell: ({ subject }) => subject ?? '–',
            },
            {
              id: 'time',
              title: t(texts.time),
              align: 'end',
              cell: ({ time }) => <RelativeTime time={time} />,
            },
          ]}
        />
      </ListBody>
    </>
  );
}
