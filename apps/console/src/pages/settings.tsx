import { classNames, PageHeader, Status, useSpeech } from '@socle/ui';
import { Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { PlatformSettings } from '../../../server/console/contract.ts';
import { platformLabels } from '../data/labels.ts';
import { useOne } from '../data/queries.ts';
import { useDetailId } from '../parts/list.tsx';
import { Result } from '../parts/result.tsx';
import { settingsTexts as texts } from '../texts/settings.ts';
import { shellTexts } from '../texts/shell.ts';

export function SettingsPage(): ReactNode {
  const { t } = useSpeech();
  const query = useOne<readonly PlatformSettings[]>('settings', '/settings');
  const current = useDetailId();
  return (
    <>
      <PageHeader title={t(shellTexts.settings)} lead={t(texts.lead)} />
      <Result query={query}>
        {(platforms) => (
          <div className="md:grid md:grid-cols-[16rem_minmax(0,1fr)] md:gap-10">
            <nav aria-label={t(shellTexts.platform)} className={current ? 'hidden md:block' : ''}>
              <PlatformList platforms={platforms} current={current} />
            </nav>
            <div className="min-w-0">
              {current === undefined && <p className="hidden text-muted md:block">{t(texts.pick)}</p>}
              <Outlet />
            </div>
          </div>
        )}
      </Result>
    </>
  );
}

interface PlatformListProps {
  readonly platforms: readonly PlatformSettings[];
  readonly current: string | undefined;
}

function PlatformList({ platforms, current }: PlatformListProps): ReactNode {
  const { t } = useSpeech();
  return (
    <ul className="border-t border-line md:sticky md:top-6">
      {platforms.map(({ id, title, state, ports }) => (
        <li key={id}>
          <Link
            to="/settings/$id"
            params={{ id }}
            aria-current={id === current ? 'page' : undefined}
            className={classNames(
              'block border-b border-line px-3 py-2 -outline-offset-2',
              id === current ? 'bg-accent-wash shadow-[inset_2px_0_0_var(--accent)]' : 'hover:bg-hover',
            )}
          >
            <span className="flex items-baseline justify-between gap-2">
              <span className="font-[620]">{title}</span>
              <Status tone={platformLabels[state].tone} className="text-small">
                {t(platformLabels[state].text)}
              </Status>
            </span>
            <span className="mono block text-muted">{ports.join(' · ')}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
