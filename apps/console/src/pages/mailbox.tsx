import {
  Badge,
  EmptyState,
  PageHeader,
  RelativeTime,
  rowLink,
  SearchInput,
  Table,
  useSpeech,
} from '@socle/ui';
import { getRouteApi, Link, Outlet } from '@tanstack/react-router';
import { Paperclip } from 'lucide-react';
import type { ReactNode } from 'react';
import type { MailView } from '../../../server/console/contract.ts';
import { commands } from '../data/commands.ts';
import { useList } from '../data/queries.ts';
import { useFilters } from '../parts/filters.ts';
import { ListBody, Split, useDetailId } from '../parts/list.tsx';
import { mailTexts as texts } from '../texts/mailbox.ts';
import { shellTexts } from '../texts/shell.ts';

const route = getRouteApi('/mailbox');

export function MailboxPage(): ReactNode {
  const { t } = useSpeech();
  return (
    <>
      <PageHeader title={t(shellTexts.mailbox)} lead={t(texts.lead)} />
      <Split list={<MailList />} detail={<Outlet />} />
    </>
  );
}

function MailList(): ReactNode {
  const { t, format } = useSpeech();
  const { pages = 1, ...filters } = route.useSearch();
  const { change, clear, more } = useFilters();
  const current = useDetailId();
  const list = useList<MailView>({ subject: 'mailbox', path: '/mailbox', filters, pages });
  return (
    <>
      <div className="mb-4 flex flex-wrap gap-2">
        <SearchInput
          label={t(texts.searchHint)}
          value={filters.search ?? ''}
          onSearch={(search) => change({ search })}
        />
      </div>
      <ListBody
        list={list}
        filtered={Object.keys(filters).length > 0}
        onClear={clear}
        onMore={more}
        empty={
          <EmptyState title={t(texts.emptyTitle)} command={commands.mail}>
            {t(texts.emptyLead)}
          </EmptyState>
        }
      >
        <Table
          caption={t(shellTexts.mailbox)}
          rows={list.items}
          keyOf={({ id }) => id}
          isCurrent={({ id }) => id === current}
          columns={[
            {
              id: 'subject',
              title: t(texts.subject),
              cell: ({ id, subject, attachmentCount }) => (
                <>
                  <Link to="/mailbox/$id" params={{ id }} search={(s) => s} className={rowLink}>
                    {subject}
                  </Link>
                  {attachmentCount > 0 && (
                    <span className="ml-2 inline-flex text-muted">
                      <Paperclip aria-hidden size={12} className="self-center" />
                      <span className="sr-only">{t(texts.attachmentCount, { count: attachmentCount })}</span>
                    </span>
                  )}
                </>
              ),
            },
            {
              id: 'to',
              title: t(texts.to),
              className: 'break-words',
              cell: ({ to }) => format.list(to),
            },
            {
              id: 'state',
              title: t(texts.state),
              wideOnly: true,
              cell: ({ state }) => <Badge>{state}</Badge>,
            },
            {
              id: 'received',
              title: t(texts.received),
              align: 'end',
              cell: ({ receivedAt }) => <RelativeTime time={receivedAt} />,
            },
          ]}
        />
      </ListBody>
    </>
  );
}
