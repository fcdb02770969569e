import { CopyButton, ErrorState, Section, Status, useSpeech } from '@socle/ui';
import { getRouteApi } from '@tanstack/react-router';
import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import type { PlatformSettings } from '../../../server/console/contract.ts';
import { platformLabels } from '../data/labels.ts';
import { useOne } from '../data/queries.ts';
import { Pane } from '../parts/list.tsx';
import { Result } from '../parts/result.tsx';
import { ConnectionCheck } from '../settings/connection.tsx';
import { SettingsForm } from '../settings/form.tsx';
import { settingsTexts as texts } from '../texts/settings.ts';

const route = getRouteApi('/settings/$id');

export function PlatformPane(): ReactNode {
  const { id } = route.useParams();
  const query = useOne<readonly PlatformSettings[]>('settings', '/settings');
  return (
    <Result query={query}>
      {(platforms) => {
        const platform = platforms.find((one) => one.id === id);
        if (!platform) return <ErrorState problem={{ code: 'not_found', status: 404, faults: [] }} />;
        return <Platform key={id} platform={platform} />;
      }}
    </Result>
  );
}

function Platform({ platform }: { readonly platform: PlatformSettings }): ReactNode {
  const { t } = useSpeech();
  const navigate = route.useNavigate();
  const { tone, text } = platformLabels[platform.state];
  return (
    <div className="max-w-2xl">
      <Pane
        kind={platform.ports.join(' · ')}
        title={platform.title}
        onClose={() => void navigate({ to: '/settings' })}
        actions={
          <>
            <Status tone={tone}>{t(text)}</Status>
            <span className="text-ink-soft">{t(platform.summary)}</span>
            <DocsLink docs={platform.docs} />
          </>
        }
      >
        <SettingsForm platform={platform} />
        {platform.webhookUrl && (
          <Section title={t(texts.webhook)} className="border-t border-line pt-6">
            <div className="flex items-center justify-between gap-2 border border-line bg-sunken pl-3">
              <span className="mono min-w-0 py-1.5 break-all">{platform.webhookUrl}</span>
              <CopyButton text={platform.webhookUrl} label={t(texts.copyWebhook)} />
            </div>
            <p className="mt-1.5 text-small text-muted">{t(texts.webhookHelp)}</p>
          </Section>
        )}
        <Section title={t(texts.connection)} className="border-t border-line pt-6">
          <ConnectionCheck platform={platform} />
        </Section>
      </Pane>
    </div>
  );
}

/** A platform that lives in this repository names a path instead of an address. */
function DocsLink({ docs }: { readonly docs: string }): ReactNode {
  const { t } = useSpeech();
  if (!docs.startsWith('https://')) return <code className="mono text-muted">{docs}</code>;
  return (
    <a
      href={docs}
      target="_blank"
      rel="noreferrer"
      className="inline-flex items-center gap-1 text-accent underline underline-offset-4"
    >
      {t(texts.docs)}
      <ExternalLink aria-hidden size={12} />
    </a>
  );
}
