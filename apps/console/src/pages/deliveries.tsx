import {
  EmptyState,
  PageHeader,
  RelativeTime,
  rowLink,
  SearchInput,
  Select,
  Status,
  Table,
  useSpeech,
} from '@socle/ui';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { DeliveryView, Overview } from '../../../server/console/contract.ts';
import { commands } from '../data/commands.ts';
import { deliveryLabels } from '../data/labels.ts';
import { useList, useOne } from '../data/queries.ts';
import { useFilters } from '../parts/filters.ts';
import { ListBody, Split, useDetailId } from '../parts/list.tsx';
import { deliveryTexts as texts } from '../texts/inbox.ts';
import { shellTexts } from '../texts/shell.ts';

const route = getRouteApi('/deliveries');

export function DeliveriesPage(): ReactNode {
  const { t } = useSpeech();
  return (
    <>
      <PageHeader title={t(shellTexts.deliveries)} lead={t(texts.lead)} />
      <Split list={<DeliveryList />} detail={<Outlet />} />
    </>
  );
}

function DeliveryList(): ReactNode {
  const { t } = useSpeech();
  const { pages = 1, ...filters } = route.useSearch();
  const { change, clear, more } = useFilters();
  const current = useDetailId();
  const platforms = useOne<Overview>('overview', '/overview').data?.platforms ?? [];
  const list = useList<DeliveryView>({ subject: 'deliveries', path: '/deliveries', filters, pages });
  return (
    <>
      <div className="mb-4 flex flex-wrap gap-2">
        <SearchInput
          label={t(texts.searchHint)}
          value={filters.search ?? ''}
          onSearch={(search) => change({ search })}
        />
        <div className="w-44">
          <Select
            aria-label={t(shellTexts.platform)}
            value={filters.platform ?? ''}
            onPick={(platform) => change({ platform })}
            options={[
              { value: '', label: t(shellTexts.allPlatforms) },
              ...platforms.map(({ id, title }) => ({ value: id, label: title })),
            ]}
          />
        </div>
        <div className="w-36">
          <Select
            aria-label={t(shellTexts.state)}
            value={filters.state ?? ''}
            onPick={(state) => change({ state })}
            options={[
              { value: '', label: t(shellTexts.allStates) },
              ...Object.entries(deliveryLabels).map(([value, { text }]) => ({ value, label: t(text) })),
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
        <Table
          caption={t(shellTexts.deliveries)}
          rows={list.items}
          keyOf={({ id }) => id}
          isCurrent={({ id }) => id === current}
          columns={[
            {
              id: 'type',
              title: t(shellTexts.type),
              className: 'break-all',
              cell: ({ id, type }) => (
                <Link to="/deliveries/$id" params={{ id }} search={(s) => s} className={rowLink}>
                  {type}
                </Link>
              ),
            },
            { id: 'platform', title: t(shellTexts.platform), cell: ({ platform }) => platform },
            {
              id: 'id',
              title: t(texts.columnId),
              wideOnly: true,
              className: 'mono break-all text-muted',
              cell: ({ deliveryId }) => deliveryId,
            },
            {
              id: 'state',
              title: t(shellTexts.state),
              cell: ({ state }) => (
                <Status tone={deliveryLabels[state].tone}>{t(deliveryLabels[state].text)}</Status>
              ),
            },
            {
              id: 'received',
              title: t(texts.columnReceived),
              align: 'end',
              cell: ({ receivedAt }) => <RelativeTime time={receivedAt} />,
            },
          ]}
        />
      </ListBody>
    </>
  );
}
