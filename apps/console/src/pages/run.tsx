import {
  Button,
  Confirm,
  errorTexts,
  Facts,
  Json,
  RelativeTime,
  Section,
  Status,
  Timeline,
  useSpeech,
} from '@socle/ui';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Ban, RotateCw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { RunDetail, RunState } from '../../../server/console/contract.ts';
import { send } from '../data/api.ts';
import { runLabels, stepLabels } from '../data/labels.ts';
import { useAct, useOne } from '../data/queries.ts';
import { Pane } from '../parts/list.tsx';
import { Result } from '../parts/result.tsx';
import { flowTexts as texts } from '../texts/flows.ts';
import { shellTexts } from '../texts/shell.ts';

const route = getRouteApi('/runs/$id');
const RETRIABLE: readonly RunState[] = ['failed'];
const CANCELLABLE: readonly RunState[] = ['waiting', 'running', 'deferred', 'failed', 'parked'];

export function RunDetailPane(): ReactNode {
  const { id } = route.useParams();
  const query = useOne<RunDetail>('runs', `/runs/${encodeURIComponent(id)}`);
  return <Result query={query}>{(run) => <Detail run={run} />}</Result>;
}

function Detail({ run }: { readonly run: RunDetail }): ReactNode {
  const { t, format } = useSpeech();
  const act = useAct();
  const navigate = route.useNavigate();
  const [asking, setAsking] = useState<'retry' | 'cancel'>();
  const path = `/runs/${encodeURIComponent(run.id)}`;
  return (
    <Pane
      kind={t(texts.run)}
      title={run.flow}
      onClose={() => void navigate({ to: '/runs', search: (s) => s })}
      actions={
        (RETRIABLE.includes(run.state) || CANCELLABLE.includes(run.state)) && (
          <>
            {RETRIABLE.includes(run.state) && (
              <Button tone="primary" icon={RotateCw} onClick={() => setAsking('retry')}>
                {t(texts.retry)}
              </Button>
            )}
            {CANCELLABLE.includes(run.state) && (
              <Button icon={Ban} onClick={() => setAsking('cancel')}>
                {t(texts.cancel)}
              </Button>
            )}
          </>
        )
      }
    >
      <Facts
        facts={[
          {
            name: t(shellTexts.state),
            value: <Status tone={runLabels[run.state].tone}>{t(runLabels[run.state].text)}</Status>,
          },
          ...(run.error ? [{ name: t(shellTexts.failedReason), value: <Failure error={run.error} /> }] : []),
          {
            name: t(texts.started),
            value: (
              <>
                {format.dateTime(run.startedAt)} · <RelativeTime time={run.startedAt} />
              </>
            ),
          },
          ...(run.finishedAt
            ? [{ name: t(texts.duration), value: between(run.startedAt, run.finishedAt, format.duration) }]
            : []),
          { name: t(texts.attempts), value: format.number(run.attempts) },
          ...(run.eventId
            ? [
                {
                  name: t(texts.event),
                  value: (
                    <Link
                      to="/events/$id"
                      params={{ id: run.eventId }}
                      className="text-accent underline underline-offset-4"
                    >
                      {t(texts.openEvent)}
                    </Link>
                  ),
                },
              ]
            : []),
        ]}
      />
      <Section title={t(texts.timeline)} className="mt-6">
        <Timeline items={run.steps.map((step) => toItem(step))} />
      </Section>
      <Section title={t(texts.runInput)}>
        <Json value={run.input} label={t(texts.runInput)} depth={1} />
      </Section>
      <Confirm
        open={asking === 'retry'}
        title={t(texts.retryTitle)}
        consequence={t(texts.retryMeans)}
        action={t(texts.retry)}
        onClose={() => setAsking(undefined)}
        onConfirm={() => act(send('POST', `${path}/retry`), { text: t(texts.retried) })}
      />
      <Confirm
        open={asking === 'cancel'}
        tone="danger"
        title={t(texts.cancelTitle)}
        consequence={t(texts.cancelMeans)}
        action={t(texts.cancel)}
        onClose={() => setAsking(undefined)}
        onConfirm={() => act(send('POST', `${path}/cancel`), { text: t(texts.cancelDone) })}
      />
    </Pane>
  );

  function toItem(step: RunDetail['steps'][number]) {
    const { tone, text } = stepLabels[step.state];
    const took =
      step.startedAt && step.finishedAt
        ? between(step.startedAt, step.finishedAt, format.duration)
        : undefined;
    return {
      id: step.id,
      title: t(step.title),
      tone,
      state: t(text),
      aside: [step.id, step.attempts > 0 && t(texts.attemptCount, { count: step.attempts }), took]
        .filter(Boolean)
        .join(' · '),
      content: step.state !== 'waiting' && (
        <>
          {step.error && <Failure error={step.error} />}
          {step.state === 'parked' && <Verdict path={path} stepId={step.id} />}
          <Value title={t(texts.input)} of={t(step.title)} value={step.input} />
          {step.state === 'succeeded' && (
            <Value title={t(texts.output)} of={t(step.title)} value={step.output} />
          )}
        </>
      ),
    };
  }
}

interface ValueProps {
  readonly title: string;
  readonly of: string;
  readonly value: unknown;
}

function Value({ title, of, value }: ValueProps): ReactNode {
  if (value === null || value === undefined) return null;
  return (
    <div>
      <p className="label mb-1">{title}</p>
      <Json value={value} label={`${title}: ${of}`} depth={1} />
    </div>
  );
}

function Failure({ error }: { readonly error: NonNullable<RunDetail['error']> }): ReactNode {
  const { t } = useSpeech();
  return (
    <div>
      <p className="text-bad">{t(errorTexts[error.code])}</p>
      <p className="mono break-words text-muted">
        {error.code} · {error.message}
      </p>
    </div>
  );
}

/** Only a person can tell whether a step whose outcome is unknown took effect. */
function Verdict({ path, stepId }: { readonly path: string; readonly stepId: string }): ReactNode {
  const { t } = useSpeech();
  const act = useAct();
  const [busy, setBusy] = useState(false);
  const say = async (outcome: 'happened' | 'did_not_happen'): Promise<void> => {
    setBusy(true);
    await act(send('POST', `${path}/resolve`, { stepId, outcome }), { text: t(texts.resolved) });
    setBusy(false);
  };
  const answers = [
    ['happened', texts.happened, texts.happenedMeans],
    ['did_not_happen', texts.didNotHappen, texts.didNotHappenMeans],
  ] as const;
  return (
    <div className="grid gap-3 border-l-2 border-warn bg-warn-wash p-4">
      <h4 className="font-[620]">{t(texts.parkedTitle)}</h4>
      <p className="max-w-prose text-ink-soft">{t(texts.parkedLead)}</p>
      <div className="grid gap-2">
        {answers.map(([outcome, title, means]) => (
          <div key={outcome} className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Button busy={busy} onClick={() => void say(outcome)} className="min-w-40">
              {t(title)}
            </Button>
            <span className="text-ink-soft">{t(means)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

function between(from: string, to: string, tell: (ms: number) => string): string {
  return tell(Date.parse(to) - Date.parse(from));
}
