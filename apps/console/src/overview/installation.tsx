import { Facts, rowLink, Section, Status, Table, useSpeech } from '@socle/ui';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Overview } from '../../../server/console/contract.ts';
import { platformLabels } from '../data/labels.ts';
import { overviewTexts as texts } from '../texts/overview.ts';
import { shellTexts } from '../texts/shell.ts';

/** What this installation consists of. */
export function Installation({ overview }: { readonly overview: Overview }): ReactNode {
  const { t, format } = useSpeech();
  const { database, platforms } = overview;
  return (
    <div className="mt-8 grid gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
      <Section title={t(texts.platforms)}>
        <Table
          caption={t(texts.platforms)}
          rows={platforms}
          keyOf={({ id }) => id}
          columns={[
            {
              id: 'title',
              title: t(shellTexts.platform),
              cell: ({ id, title }) => (
                <Link to="/settings/$id" params={{ id }} className={rowLink}>
                  {title}
                </Link>
              ),
            },
            { id: 'ports', title: t(texts.ports), className: 'mono', cell: ({ ports }) => ports.join(', ') },
            {
              id: 'state',
              title: t(shellTexts.state),
              cell: ({ state }) => (
                <Status tone={platformLabels[state].tone}>{t(platformLabels[state].text)}</Status>
              ),
            },
          ]}
        />
      </Section>
      <div>
        <Section title={t(texts.database)}>
          <Facts
            facts={[
              {
                name: t(texts.kind),
                value: t(database.kind === 'embedded' ? texts.kindEmbedded : texts.kindExternal),
              },
              { name: t(texts.version), value: `PostgreSQL ${database.version}` },
              { name: t(texts.size), value: format.bytes(database.sizeBytes) },
            ]}
          />
        </Section>
      </div>
    </div>
  );
}
