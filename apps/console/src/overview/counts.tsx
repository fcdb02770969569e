import { useSpeech } from '@socle/ui';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Overview } from '../../../server/console/contract.ts';
import { overviewTexts as texts } from '../texts/overview.ts';

/** The figures of the last day, each leading to its list. */
export function Counts({ counts }: { readonly counts: Overview['counts'] }): ReactNode {
  const { t, format } = useSpeech();
  const figures: readonly (readonly [string, number, LinkProps])[] = [
    [t(texts.deliveries), counts.deliveries24h, { to: '/deliveries' }],
    [t(texts.events), counts.events24h, { to: '/events' }],
    [t(texts.runs), counts.runs24h, { to: '/runs' }],
    [t(texts.failed), counts.failedRuns, { to: '/runs', search: { state: 'failed' } }],
    [t(texts.parked), counts.parkedRuns, { to: '/runs', search: { state: 'parked' } }],
  ];
  return (
    <section aria-label={t(texts.last24h)} className="mb-8">
      <p className="label mb-1">{t(texts.last24h)}</p>
      <ul className="grid grid-cols-2 border-t border-line sm:grid-cols-5">
        {figures.map(([name, value, link]) => (
          <li
            key={name}
            className="border-b border-line last:col-span-2 sm:border-l sm:first:border-l-0 sm:last:col-span-1"
          >
            <Link
              {...link}
              className="flex flex-col-reverse py-3 pr-3 -outline-offset-2 hover:bg-hover sm:px-4 sm:in-[li:first-child]:pl-0"
            >
              <span className="text-muted">{name}</span>
              <span className="text-display inscribed">{format.number(value)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
