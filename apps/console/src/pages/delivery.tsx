import {
  Button,
  Confirm,
  Facts,
  Json,
  RelativeTime,
  rowLink,
  Section,
  Status,
  Table,
  Tabs,
  useSpeech,
} from '@socle/ui';
import { getRouteApi, Link } from '@tanstack/react-router';
import { RotateCcw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { DeliveryDetail } from '../../../server/console/contract.ts';
import { send } from '../data/api.ts';
import { deliveryLabels } from '../data/labels.ts';
import { useAct, useOne } from '../data/queries.ts';
import { HeaderTable } from '../parts/headers.tsx';
import { Pane } from '../parts/list.tsx';
import { Result } from '../parts/result.tsx';
import { eventTexts, deliveryTexts as texts } from '../texts/inbox.ts';
import { shellTexts } from '../texts/shell.ts';

const route = getRouteApi('/deliveries/$id');

export function DeliveryDetailPane(): ReactNode {
  const { id } = route.useParams();
  const query = useOne<DeliveryDetail>('deliveries', `/deliveries/${encodeURIComponent(id)}`);
  return <Result query={query}>{(delivery) => <Detail delivery={delivery} />}</Result>;
}

function Detail({ delivery }: { readonly delivery: DeliveryDetail }): ReactNode {
  const { t, format } = useSpeech();
  const act = useAct();
  const navigate = route.useNavigate();
  const [asking, setAsking] = useState(false);
  const [tab, setTab] = useState('body');
  const { text, tone } = deliveryLabels[delivery.state];
  return (
    <Pane
      kind={t(texts.detail)}
      title={delivery.type}
      onClose={() => void navigate({ to: '/deliveries', search: (s) => s })}
      actions={
        <Button icon={RotateCcw} onClick={() => setAsking(true)}>
          {t(texts.replay)}
        </Button>
      }
    >
      <Facts
        facts={[
          { name: t(shellTexts.state), value: <Status tone={tone}>{t(text)}</Status> },
          ...(delivery.error
            ? [{ name: t(texts.error), value: <span className="mono text-bad">{delivery.error}</span> }]
            : []),
          { name: t(shellTexts.platform), value: delivery.platform },
          { name: t(texts.columnId), value: <span className="mono break-all">{delivery.deliveryId}</span> },
          {
            name: t(texts.columnReceived),
            value: (
              <>
                {format.dateTime(delivery.receivedAt)} · <RelativeTime time={delivery.receivedAt} />
              </>
            ),
          },
          ...(delivery.processedAt
            ? [
                {
                  name: t(texts.took),
                  value: format.duration(Date.parse(delivery.processedAt) - Date.parse(delivery.receivedAt)),
                },
              ]
            : []),
          ...(delivery.replays > 0
            ? [{ name: t(texts.replays), value: format.number(delivery.replays) }]
            : []),
        ]}
      />
      <Section title={t(texts.eventsMade)}>
        {delivery.events.length === 0 ? (
          <p className="text-muted">{t(texts.noEvents)}</p>
        ) : (
          <Table
            caption={t(texts.eventsMade)}
            rows={delivery.events}
            keyOf={({ id }) => id}
            columns={[
              {
                id: 'type',
                title: t(shellTexts.type),
                cell: ({ id, type }) => (
                  <Link to="/events/$id" params={{ id }} className={rowLink}>
                    {type}
                  </Link>
                ),
              },
              {
                id: 'subject',
                title: t(eventTexts.subject),
                className: 'mono break-all',
                cell: ({ subject }) => subject,
              },
            ]}
          />
        )}
      </Section>
      <div className="mt-6">
        <Tabs
          label={t(texts.detail)}
          value={tab}
          onPick={setTab}
          tabs={[
            {
              value: 'body',
              title: t(texts.body),
              content: <Json value={delivery.body} label={t(texts.body)} />,
            },
            {
              value: 'headers',
              title: t(texts.headers),
              content: <HeaderTable headers={delivery.headers} />,
            },
          ]}
        />
      </div>
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
          act(send('POST', `/deliveries/${encodeURIComponent(delivery.id)}/replay`), {
            text: t(texts.replayed),
          })
        }
      />
    </Pane>
  );
}
