import { Dialog, Progress, Status, Table, useSpeech } from '@socle/ui';
import { Fragment, type ReactNode, useState } from 'react';
import type { ModuleView } from '../../../server/console/contract.ts';
import { moduleLabels, policyLabels } from '../data/labels.ts';
import { overviewTexts as texts } from '../texts/overview.ts';
import { shellTexts } from '../texts/shell.ts';

export function Modules({ modules }: { readonly modules: readonly ModuleView[] }): ReactNode {
  const { t, format } = useSpeech();
  const [asked, setAsked] = useState<string>();
  const shown = modules.find(({ port }) => port === asked);
  return (
    <>
      <Table
        caption={t(texts.modules)}
        rows={modules}
        keyOf={({ port }) => port}
        columns={[
          {
            id: 'module',
            title: t(texts.module),
            cell: ({ title, port }) => (
              <>
                <span className="font-[620]">{t(title)}</span> <span className="mono text-muted">{port}</span>
              </>
            ),
          },
          {
            id: 'state',
            title: t(shellTexts.state),
            cell: ({ state }) => (
              <Status tone={moduleLabels[state].tone}>{t(moduleLabels[state].text)}</Status>
            ),
          },
          { id: 'chain', title: t(texts.adapter), cell: (module) => <Chain module={module} /> },
          {
            id: 'policy',
            title: t(texts.policy),
            wideOnly: true,
            cell: ({ policy }) => t(policyLabels[policy]),
          },
          {
            id: 'calls',
            title: t(texts.calls),
            align: 'end',
            cell: ({ calls24h }) => format.number(calls24h),
          },
          {
            id: 'errors',
            title: t(texts.errors),
            align: 'end',
            cell: ({ errors24h }) => (
              <span className={errors24h > 0 ? 'font-[620] text-bad' : 'text-muted'}>
                {format.number(errors24h)}
              </span>
            ),
          },
          {
            id: 'proven',
            title: t(texts.proven),
            cell: ({ port, title, progress: { percent } }) => (
              <button
                type="button"
                aria-haspopup="dialog"
                aria-label={`${t(texts.evidenceFor, { module: t(title) })}, ${format.percent(percent / 100)}`}
                onClick={() => setAsked(port)}
                className="relative z-1 flex items-center gap-3 underline decoration-line-strong underline-offset-4 hover:decoration-accent"
              >
                <Progress percent={percent} />
                {format.percent(percent / 100)}
              </button>
            ),
          },
        ]}
      />
      <Dialog
        open={shown !== undefined}
        title={shown ? t(texts.evidenceFor, { module: t(shown.title) }) : ''}
        onClose={() => setAsked(undefined)}
      >
        <div className="grid gap-3 overflow-y-auto p-5">
          <p className="text-ink-soft">{t(texts.evidenceLead)}</p>
          <ul className="border-t border-line">
            {shown?.progress.evidence.map(({ text, done }) => (
              <li key={text.en} className="flex justify-between gap-4 border-b border-line py-1.5">
                <span className={done ? '' : 'text-muted'}>{t(text)}</span>
                <Status tone={done ? 'good' : 'idle'}>{t(done ? texts.seen : texts.notSeen)}</Status>
              </li>
            ))}
          </ul>
        </div>
      </Dialog>
    </>
  );
}

/** The chain in order; the one that answers now stands out. */
function Chain({ module: { chain, adapter } }: { readonly module: ModuleView }): ReactNode {
  return (
    <span>
      {chain.map((platform, at) => (
        <Fragment key={platform}>
          {at > 0 && <span className="text-muted"> → </span>}
          <span className={platform === adapter ? 'font-[620]' : 'text-muted'}>{platform}</span>
        </Fragment>
      ))}
    </span>
  );
}
