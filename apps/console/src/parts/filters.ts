import { useNavigate } from '@tanstack/react-router';

type Search = Readonly<Record<string, unknown>>;

interface Filters {
  /** Empty values leave the URL; a changed filter starts at the first page again. */
  change(filters: Readonly<Record<string, string | boolean>>): void;
  clear(): void;
  more(): void;
}

/** Filters of the page at hand, kept in its URL. */
export function useFilters(): Filters {
  const navigate = useNavigate();
  const go = (search: (before: Search) => Search): void =>
    // Which page this is, and so what its search may hold, is known to its route alone.
    void navigate({ to: '.', replace: true, resetScroll: false, search: search as never });
  return {
    change: (filters) =>
      go(({ pages: _, ...before }) =>
        Object.fromEntries(Object.entries({ ...before, ...filters }).filter(([, value]) => value)),
      ),
    clear: () => go(() => ({})),
    more: () => go((before) => ({ ...before, pages: Number(before.pages ?? 1) + 1 })),
  };
}
