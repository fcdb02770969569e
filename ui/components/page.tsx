import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

interface PageHeaderProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
}

/** Every page stands on one heavy line. */
export function PageHeader({ title, lead, actions }: PageHeaderProps): ReactNode {
  return (
    <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3 border-b-2 border-ink pb-3">
      <div className="min-w-0">
        <h1 className="text-display inscribed">{title}</h1>
        {lead && <p className="mt-1 max-w-[84ch] text-pretty text-ink-soft">{lead}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

interface SectionProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

export function Section({ title, aside, children, className }: SectionProps): ReactNode {
  return (
    <section className={classNames('mt-8 first:mt-0', className)}>
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 className="text-lead inscribed">{title}</h2>
        {aside && <div className="text-small text-muted">{aside}</div>}
      </div>
      {children}
    </section>
  );
}

interface FactsProps {
  readonly facts: readonly { readonly name: string; readonly value: ReactNode }[];
}

/** Names and values in two columns. */
export function Facts({ facts }: FactsProps): ReactNode {
  return (
    <dl className="grid grid-cols-[minmax(6rem,max-content)_minmax(0,1fr)] border-t border-line">
      {facts.map((fact) => (
        <div
          key={fact.name}
          className="col-span-2 grid grid-cols-subgrid gap-x-4 border-b border-line py-1.5"
        >
          <dt className="text-muted">{fact.name}</dt>
          <dd className="min-w-0 break-words">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
