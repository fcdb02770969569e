import { Button, commonTexts, ErrorState, IconButton, Skeleton, useSpeech } from '@socle/ui';
import { useMatches } from '@tanstack/react-router';
import { ArrowLeft, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { problemOf } from '../data/api.ts';
import type { List } from '../data/queries.ts';
import { shellTexts } from '../texts/shell.ts';

interface ListBodyProps<Item> {
  readonly list: List<Item>;
  /** Shown when there is nothing at all. */
  readonly empty: ReactNode;
  readonly filtered: boolean;
  readonly children: ReactNode;
  onMore(): void;
  onClear(): void;
}

/** Loading, failed, empty, filtered to nothing, or the rows and their continuation. */
export function ListBody<Item>({ list, empty, filtered, children, ...on }: ListBodyProps<Item>): ReactNode {
  const { t } = useSpeech();
  const { query, items, hasMore } = list;
  if (query.isPending) return <Skeleton lines={10} />;
  if (query.isError && items.length === 0)
    return <ErrorState problem={problemOf(query.error)} onRetry={() => void query.refetch()} />;
  if (items.length === 0 && !filtered) return empty;
  if (items.length === 0) {
    return (
      <div className="grid justify-items-start gap-3 py-4">
        <p className="text-lead text-ink-soft">{t(shellTexts.nothingFound)}</p>
        <Button onClick={on.onClear}>{t(shellTexts.clearFilters)}</Button>
      </div>
    );
  }
  return (
    <>
      {children}
      <div className="flex flex-wrap items-center gap-4 py-4">
        {hasMore && (
          <Button busy={query.isFetchingNextPage} onClick={on.onMore}>
            {t(commonTexts.loadMore)}
          </Button>
        )}
        <p className="text-small text-muted" role="status">
          {t(shellTexts.shown, { count: items.length, more: hasMore })}
        </p>
      </div>
    </>
  );
}

interface SplitProps {
  readonly list: ReactNode;
  readonly detail: ReactNode;
}

/** Whether the URL names something inside this page. */
export function useDetailId(): string | undefined {
  const deepest = useMatches().at(-1);
  return (deepest?.params as { id?: string } | undefined)?.id;
}

/** A list with what was picked from it beside it; on narrow screens in its place. */
export function Split({ list, detail }: SplitProps): ReactNode {
  const open = useDetailId() !== undefined;
  if (!open) return list;
  return (
    <div className="xl:grid xl:grid-cols-[minmax(0,5fr)_minmax(0,6fr)] xl:gap-8">
      <div className="hidden xl:block">{list}</div>
      <div className="xl:sticky xl:top-0 xl:-mt-6 xl:h-dvh xl:overflow-y-auto xl:border-l xl:border-line xl:py-6 xl:pl-8">
        {detail}
      </div>
    </div>
  );
}

interface PaneProps {
  readonly title: ReactNode;
  readonly kind: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  onClose(): void;
}

/** The frame of a detail. */
export function Pane({ title, kind, actions, children, onClose }: PaneProps): ReactNode {
  const { t } = useSpeech();
  return (
    <article className="reveal">
      <header className="mb-4 grid gap-3 border-b-2 border-ink pb-3">
        <div className="flex items-start justify-between gap-3">
          <div className="min-w-0">
            <p className="label">{kind}</p>
            <h2 className="text-title break-words inscribed">{title}</h2>
          </div>
          <span className="hidden xl:block">
            <IconButton label={t(shellTexts.closeDetail)} icon={X} onClick={onClose} />
          </span>
          <span className="xl:hidden">
            <IconButton label={t(shellTexts.back)} icon={ArrowLeft} onClick={onClose} />
          </span>
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </article>
  );
}
