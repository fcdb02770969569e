import { RelativeTime, rowLink, Status, Table, useSpeech } from '@socle/ui';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { RunView } from '../../../server/console/contract.ts';
import { runLabels } from '../data/labels.ts';
import { flowTexts as texts } from '../texts/flows.ts';
import { shellTexts } from '../texts/shell.ts';

interface RunTableProps {
  readonly caption: string;
  readonly runs: readonly RunView[];
  readonly current?: string | undefined;
  /** Stays in the list that the reader filtered. */
  readonly keepFilters?: boolean;
}

export function RunTable({ caption, runs, current, keepFilters = false }: RunTableProps): ReactNode {
  const { t, format } = useSpeech();
  return (
    <Table
      caption={caption}
      rows={runs}
      keyOf={({ id }) => id}
      isCurrent={({ id }) => id === current}
      columns={[
        {
          id: 'flow',
          title: t(texts.flow),
          cell: ({ id, flow }) => (
            <Link
              to="/runs/$id"
              params={{ id }}
              search={keepFilters ? (s) => ({ ...s }) : {}}
              className={rowLink}
            >
              {flow}
            </Link>
          ),
        },
        {
          id: 'state',
          title: t(shellTexts.state),
          cell: ({ state }) => <Status tone={runLabels[state].tone}>{t(runLabels[state].text)}</Status>,
        },
        {
          id: 'attempts',
          title: t(texts.attempts),
          align: 'end',
          wideOnly: true,
          cell: ({ attempts }) => format.number(attempts),
        },
        {
          id: 'duration',
          title: t(texts.duration),
          align: 'end',
          wideOnly: true,
          cell: ({ startedAt, finishedAt }) =>
            finishedAt ? format.duration(Date.parse(finishedAt) - Date.parse(startedAt)) : '–',
        },
        {
          id: 'started',
          title: t(texts.started),
          align: 'end',
          cell: ({ startedAt }) => <RelativeTime time={startedAt} />,
        },
      ]}
    />
  );
}
