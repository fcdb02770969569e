import { nearness, Status, type Tone, useSpeech } from '@socle/ui';
import { Link, type LinkProps } from '@tanstack/react-router';
import { ArrowRight } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Overview, QuotaView } from '../../../server/console/contract.ts';
import { useOne } from '../data/queries.ts';
import { overviewTexts as texts } from '../texts/overview.ts';

interface Matter {
  readonly text: string;
  readonly tone: Tone;
  readonly link: LinkProps;
}

/** What waits for a person, each with the way to it. Nothing at all when nothing waits. */
export function Attention({ overview }: { readonly overview: Overview }): ReactNode {
  const { t, format } = useSpeech();
  const quotas = useOne<readonly QuotaView[]>('quotas', '/quotas').data ?? [];
  const { failedRuns, parkedRuns } = overview.counts;
  const matters: Matter[] = [];
  if (parkedRuns > 0) {
    matters.push({
      text: t(texts.parkedRuns, { count: parkedRuns }),
      tone: 'hold',
      link: { to: '/runs', search: { state: 'parked' } },
    });
  }
  if (failedRuns > 0) {
    matters.push({
      text: t(texts.failedRuns, { count: failedRuns }),
      tone: 'bad',
      link: { to: '/runs', search: { state: 'failed' } },
    });
  }
  for (const { id, title } of overview.platforms.filter(({ state }) => state === 'faulty')) {
    matters.push({
      text: t(texts.faultyPlatform, { title }),
      tone: 'bad',
      link: { to: '/settings/$id', params: { id } },
    });
  }
  for (const quota of quotas) {
    const taken = quota.used + quota.reserved;
    const near = nearness(taken, quota.max);
    if (near === 'far') continue;
    const percent = format.percent(quota.max > 0 ? taken / quota.max : 1);
    matters.push({
      text: t(texts.nearWall, { platform: quota.platformTitle, meter: t(quota.title), percent }),
      tone: near === 'wall' ? 'bad' : 'warn',
      link: { to: '/quotas', search: { platform: quota.platform } },
    });
  }
  if (matters.length === 0) return null;
  return (
    <section aria-label={t(texts.attention)} className="mb-8 border border-line-strong bg-raised">
      <h2 className="label border-b border-line px-4 py-1.5">{t(texts.attention)}</h2>
      <ul>
        {matters.map(({ text, tone, link }) => (
          <li key={text} className="border-b border-line last:border-b-0">
            <Link
              {...link}
              className="group flex items-center justify-between gap-4 px-4 py-2 -outline-offset-2 hover:bg-hover"
            >
              <Status tone={tone} className="min-w-0 whitespace-normal!">
                <span className="text-ink">{text}</span>
              </Status>
              <ArrowRight aria-hidden size={14} className="shrink-0 text-muted group-hover:text-ink" />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
