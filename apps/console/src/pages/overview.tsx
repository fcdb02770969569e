import { PageHeader, Section, Tabs, useSpeech } from '@socle/ui';
import { type ReactNode, useMemo, useState } from 'react';
import type { Overview } from '../../../server/console/contract.ts';
import { useOne } from '../data/queries.ts';
import { LazyGraph } from '../graph/lazy.tsx';
import { Attention } from '../overview/attention.tsx';
import { Counts } from '../overview/counts.tsx';
import { EdgeTable } from '../overview/edges.tsx';
import { feedingGraph } from '../overview/feeding.ts';
import { Installation } from '../overview/installation.tsx';
import { Modules } from '../overview/modules.tsx';
import { Result } from '../parts/result.tsx';
import { overviewTexts as texts } from '../texts/overview.ts';
import { shellTexts } from '../texts/shell.ts';

export function OverviewPage(): ReactNode {
  const query = useOne<Overview>('overview', '/overview');
  const { t } = useSpeech();
  return (
    <>
      <PageHeader title={t(shellTexts.overview)} lead={query.data && <Lead overview={query.data} />} />
      <Result query={query} lines={14}>
        {(overview) => (
          <>
            <Attention overview={overview} />
            <Counts counts={overview.counts} />
            <Section title={t(texts.modules)}>
              <Modules modules={overview.modules} />
            </Section>
            <Section title={t(texts.map)}>
              <Feeding overview={overview} />
            </Section>
            <Installation overview={overview} />
          </>
        )}
      </Result>
    </>
  );
}

function Lead({ overview }: { readonly overview: Overview }): ReactNode {
  const { t, format } = useSpeech();
  const { kind, version } = overview.database;
  const database = t(kind === 'embedded' ? texts.databaseEmbedded : texts.databaseExternal, { version });
  return t(texts.lead, { version: overview.version, database, since: format.dateTime(overview.startedAt) });
}

/** Below this a map is too small to read, and the list comes first. */
const ROOM_FOR_MAP = '(min-width: 48rem)';

function Feeding({ overview }: { readonly overview: Overview }): ReactNode {
  const { t } = useSpeech();
  const [view, setView] = useState(() => (matchMedia(ROOM_FOR_MAP).matches ? 'map' : 'list'));
  const graph = useMemo(() => feedingGraph(overview, t), [overview, t]);
  return (
    <Tabs
      label={t(texts.map)}
      value={view}
      onPick={setView}
      tabs={[
        {
          value: 'map',
          title: t(texts.mapView),
          content: <LazyGraph graph={graph} label={t(texts.map)} />,
        },
        { value: 'list', title: t(texts.listView), content: <EdgeTable graph={graph} /> },
      ]}
    />
  );
}
