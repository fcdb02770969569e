import {
  Badge,
  Checkbox,
  EmptyState,
  Gauge,
  nearness,
  PageHeader,
  RelativeTime,
  Select,
  Status,
  useSpeech,
} from '@socle/ui';
import { getRouteApi } from '@tanstack/react-router';
import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import type { QuotaView } from '../../../server/console/contract.ts';
import { commands } from '../data/commands.ts';
import { useOne } from '../data/queries.ts';
import { useFilters } from '../parts/filters.ts';
import { Result } from '../parts/result.tsx';
import { quotaTexts as texts } from '../texts/quotas.ts';
import { shellTexts } from '../texts/shell.ts';

const route = getRouteApi('/quotas');
const BEYOND = { stop: texts.onStop, bill: texts.onBill, ban: texts.onBan } as const;

export function QuotasPage(): ReactNode {
  const { t } = useSpeech();
  const query = useOne<readonly QuotaView[]>('quotas', '/quotas');
  return (
    <>
      <PageHeader title={t(shellTexts.quotas)} lead={t(texts.lead)} />
      <Result query={query}>{(quotas) => <Quotas quotas={quotas} />}</Result>
    </>
  );
}

function Quotas({ quotas }: { readonly quotas: readonly QuotaView[] }): ReactNode {
  const { t } = useSpeech();
  const { platform, near } = route.useSearch();
  const { change } = useFilters();
  if (quotas.length === 0) {
    return (
      <EmptyState title={t(texts.emptyTitle)} command={commands.fake}>
        {t(texts.emptyLead)}
      </EmptyState>
    );
  }
  const platforms = new Map(quotas.map((quota) => [quota.platform, quota.platformTitle]));
  const shown = quotas.filter(
    (quota) =>
      (!platform || quota.platform === platform) &&
      (!near || nearness(quota.used + quota.reserved, quota.max) !== 'far'),
  );
  const groups = Map.groupBy(shown, (quota) => quota.platform);
  return (
    <>
      <div className="mb-6 flex flex-wrap items-center gap-x-6 gap-y-2">
        <div className="w-52">
          <Select
            aria-label={t(shellTexts.platform)}
            value={platform ?? ''}
            onPick={(picked) => change({ platform: picked })}
            options={[
              { value: '', label: t(shellTexts.allPlatforms) },
              ...[...platforms].map(([value, label]) => ({ value, label })),
            ]}
          />
        </div>
        <Checkbox
          label={t(texts.nearOnly)}
          checked={near === true}
          onToggle={(checked) => change({ near: checked })}
        />
      </div>
      {groups.size === 0 && <p className="text-lead text-ink-soft">{t(texts.noneNear)}</p>}
      <div className="grid gap-10">
        {[...groups].map(([id, group]) => (
          <PlatformQuotas key={id} quotas={group} />
        ))}
      </div>
    </>
  );
}

function PlatformQuotas({ quotas }: { readonly quotas: readonly QuotaView[] }): ReactNode {
  const { t, format } = useSpeech();
  const [first] = quotas;
  if (!first) return null;
  return (
    <section>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-line-strong pb-2">
        <h2 className="text-lead inscribed">{first.platformTitle}</h2>
        <Badge>{t(texts.plan, { plan: first.plan })}</Badge>
        <span className="text-ink-soft">{t(BEYOND[first.onExceed])}</span>
        <span className="ml-auto text-small text-muted">
          <a
            href={first.source}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-1 text-accent underline underline-offset-4"
          >
            {t(texts.source)}
            <ExternalLink aria-hidden size={11} />
          </a>{' '}
          {t(texts.checked, { day: format.day(first.checkedOn) })}
        </span>
      </div>
      {first.stale && (
        <p className="mt-2 flex flex-wrap gap-x-3 bg-warn-wash px-3 py-2">
          <Status tone="warn" className="font-[620]">
            {t(texts.stale)}
          </Status>
          <span className="text-ink-soft">{t(texts.staleHelp)}</span>
        </p>
      )}
      <ul>
        {quotas.map((quota) => (
          <li key={`${quota.meter} ${quota.window}`}>
            <QuotaRow quota={quota} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function QuotaRow({ quota }: { readonly quota: QuotaView }): ReactNode {
  const { t } = useSpeech();
  const { used, reserved: held, max } = quota;
  const unit = t(quota.unit);
  const name = `${t(quota.title)} ${windowName(quota.window, t)}`;
  return (
    <div className="grid items-center gap-x-6 gap-y-1.5 border-b border-line py-3 md:grid-cols-[13rem_minmax(8rem,1fr)_11rem_14rem]">
      <p>
        <span className="font-[560]">{t(quota.title)}</span>{' '}
        <span className="text-muted">{windowName(quota.window, t)}</span>
      </p>
      <Gauge label={name} told={t(texts.told, { used, held, max, unit })} max={max} used={used} held={held} />
      <p>
        <span className="font-[620]">{t(texts.used, { used, max })}</span>{' '}
        <span className="text-muted">{held > 0 ? t(texts.held, { held }) : unit}</span>
      </p>
      <p className="flex flex-wrap gap-x-3 text-small md:block md:text-right">
        <Forecast quota={quota} />
        {quota.window !== 'second' && (
          <span className="text-muted md:block">
            {quota.resetsAt ? (
              <>
                {t(texts.resets)} <RelativeTime time={quota.resetsAt} />
              </>
            ) : (
              t(texts.never)
            )}
          </span>
        )}
      </p>
    </div>
  );
}

function Forecast({ quota }: { readonly quota: QuotaView }): ReactNode {
  const { t, format } = useSpeech();
  if (quota.used + quota.reserved >= quota.max) return <Status tone="bad">{t(texts.wallNow)}</Status>;
  if (quota.wallAt) {
    return <Status tone="warn">{t(texts.wall, { time: format.dateTime(quota.wallAt) })}</Status>;
  }
  return <Status tone="good">{t(texts.noWall)}</Status>;
}

const WINDOWS = {
  second: texts.second,
  minute: texts.minute,
  hour: texts.hour,
  day: texts.day,
  month: texts.month,
  total: texts.total,
} as const;

/** Plans may name a window as they like; the usual names are translated. */
function windowName(window: string, t: ReturnType<typeof useSpeech>['t']): string {
  return window in WINDOWS ? t(WINDOWS[window as keyof typeof WINDOWS]) : window;
}
