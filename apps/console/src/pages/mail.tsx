import { Button, Facts, RelativeTime, Tabs, useSpeech } from '@socle/ui';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Paperclip, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { MailDetail } from '../../../server/console/contract.ts';
import { apiUrl, send } from '../data/api.ts';
import { useAct, useOne } from '../data/queries.ts';
import { HeaderTable } from '../parts/headers.tsx';
import { Pane } from '../parts/list.tsx';
import { Result } from '../parts/result.tsx';
import { mailTexts as texts } from '../texts/mailbox.ts';
import { shellTexts } from '../texts/shell.ts';

const route = getRouteApi('/mailbox/$id');

export function MailPane(): ReactNode {
  const { id } = route.useParams();
  const query = useOne<MailDetail>('mailbox', `/mailbox/${encodeURIComponent(id)}`);
  return <Result query={query}>{(mail) => <Detail key={mail.id} mail={mail} />}</Result>;
}

function Detail({ mail }: { readonly mail: MailDetail }): ReactNode {
  const { t, format } = useSpeech();
  const remove = useRemove(mail.id);
  const navigate = route.useNavigate();
  const [tab, setTab] = useState(mail.hasHtml ? 'html' : 'text');
  const close = (): void => void navigate({ to: '/mailbox', search: (s) => s });
  const others = [
    [texts.cc, mail.cc],
    [texts.bcc, mail.bcc],
  ] as const;
  const html = {
    value: 'html',
    title: t(texts.html),
    content: (
      <iframe
        title={t(texts.frameTitle, { subject: mail.subject })}
        src={apiUrl(`/mailbox/${encodeURIComponent(mail.id)}/html`)}
        sandbox=""
        className="h-[60vh] min-h-80 w-full border border-line bg-[#ffffff] scheme-light"
      />
    ),
  };
  const text = {
    value: 'text',
    title: t(texts.text),
    content: <pre className="mono break-words whitespace-pre-wrap text-ink-soft">{mail.text}</pre>,
  };
  return (
    <Pane
      kind={t(shellTexts.mailbox)}
      title={mail.subject}
      onClose={close}
      actions={
        <Button icon={Trash2} onClick={() => void remove().then(close)}>
          {t(texts.remove)}
        </Button>
      }
    >
      <Facts
        facts={[
          { name: t(texts.from), value: mail.from },
          { name: t(texts.to), value: format.list(mail.to) },
          ...others.flatMap(([name, people]) =>
            people.length > 0 ? [{ name: t(name), value: format.list(people) }] : [],
          ),
          {
            name: t(texts.received),
            value: (
              <>
                {format.dateTime(mail.receivedAt)} · <RelativeTime time={mail.receivedAt} />
              </>
            ),
          },
          ...(mail.attachments.length > 0
            ? [{ name: t(texts.attachments), value: <Attachments mail={mail} /> }]
            : []),
        ]}
      />
      <div className="mt-4">
        <Tabs
          label={t(texts.view)}
          value={tab}
          onPick={setTab}
          tabs={[
            ...(mail.hasHtml ? [html] : []),
            ...(mail.text === null ? [] : [text]),
            { value: 'headers', title: t(texts.headers), content: <HeaderTable headers={mail.headers} /> },
          ]}
        />
      </div>
    </Pane>
  );
}

function Attachments({ mail }: { readonly mail: MailDetail }): ReactNode {
  const { format } = useSpeech();
  return (
    <ul className="grid gap-1">
      {mail.attachments.map((file) => (
        <li key={file.filename} className="flex flex-wrap items-center gap-x-2">
          <Paperclip aria-hidden size={12} className="text-muted" />
          <span className="break-all">{file.filename}</span>
          <span className="text-muted">
            {file.contentType} · {format.bytes(file.sizeBytes)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Deleting asks nothing, because it can be taken back. */
function useRemove(id: string): () => Promise<void> {
  const { t } = useSpeech();
  const act = useAct();
  const client = useQueryClient();
  const path = `/mailbox/${encodeURIComponent(id)}`;
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: ['mailbox', 'list'] });
  const restore = (): void =>
    void act(send('POST', `${path}/restore`), { text: t(texts.restored) }).then(refresh);
  return async () => {
    await act(send('DELETE', path), { text: t(texts.removed), undo: restore });
    await refresh();
  };
}
