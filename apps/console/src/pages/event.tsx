import { Button, Confirm, Facts, Json, RelativeTime, Section, useSpeech } from '@socle/ui';
import { getRouteApi, Link } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { EventDetail } from '../../../server/console/contract.ts';
import { send } from '../data/api.ts';
import { useAct, useOne } from '../data/queries.ts';
import { Pane } from '../parts/list.tsx';
import { Result } from '../parts/result.tsx';
import { RunTable } from '../parts/run-table.tsx';
import { eventTexts as texts } from '../texts/inbox.ts';
import { shellTexts } from '../texts/shell.ts';

const route = getRouteApi('/events/$id');

export function EventDetailPane(): ReactNode {
  const { id } = route.useParams();
  const query = useOne<EventDetail>('events', `/events/${encodeURIComponent(id)}`);
  return <Result query={query}>{(event) => <Detail event={event} />}</Result>;
}

function Detail({ event }: { readonly event: EventDetail }): ReactNode {
  const { t, format } = useSpeech();
  const act = useAct();
  const navigate = route.useNavigate();
  const [asking, setAsking] = useState(false);
  return (
    <Pane
      kind={t(texts.detail)}
      title={event.type}
      onClose={() => void navigate({ to: '/events', search: (s) => s })}
      actions={
        <Button icon={RotateCcw} onClick={() => setAsking(true)}>
          {t(texts.replay)}
        </Button>
      }
    >
      <Facts
        facts={[
          { name: t(texts.id), value: <span className="mono break-all">{event.eventId}</span> },
          { name: t(texts.source), value: <span className="mono break-all">{event.source}</span> },
          {
            name: t(texts.subject),
            value: <span className="mono break-all">{event.subject ?? t(shellTexts.none)}</span>,
          },
          {
            name: t(texts.time),
            value: (
              <>
                {format.dateTime(event.time)} · <RelativeTime time={event.time} />
              </>
            ),
          },
          ...(event.deliveryId
            ? [
                {
                  name: t(texts.delivery),
                  value: (
                    <Link
                      to="/deliveries/$id"
                      params={{ id: event.deliveryId }}
                      className="text-accent underline underline-offset-4"
                    >
                      {t(texts.openDelivery)}
                    </Link>
                  ),
                },
              ]
            : []),
        ]}
      />
      <Section title={t(texts.data)} className="mt-6">
        <Json value={event.data} label={t(texts.data)} />
      </Section>
      <Section title={t(texts.runs)}>
        {event.runs.length === 0 ? (
          <p className="text-muted">{t(texts.noRuns)}</p>
        ) : (
          <RunTable caption={t(texts.runs)} runs={event.runs} />
        )}
      </Section>
      <Confirm
        open={asking}
        title={t(texts.replayTitle)}
        action={t(texts.replay)}
        consequence={
          <>
            <p>{t(texts.replayMeans)}</p>
            <p>{t(texts.replaySafe)}</p>
          </>
        }
        onClose={() => setAsking(false)}
        onConfirm={() =>
          act(send('POST', `/events/${encodeURIComponent(event.id)}/replay`), { text: t(texts.replayed) })
        }
      />
    </Pane>
  );
}
