import { errorTexts, type ToastMessage, useSpeech, useToast } from '@socle/ui';
import {
  infiniteQueryOptions,
  queryOptions,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import type { Page } from '../../../server/console/contract.ts';
import { shellTexts } from '../texts/shell.ts';
import { apiUrl, problemOf, request } from './api.ts';

/** The first part of every query key: what a live notice invalidates. */
export type Subject =
  | 'overview'
  | 'quotas'
  | 'deliveries'
  | 'events'
  | 'flows'
  | 'runs'
  | 'mailbox'
  | 'settings';

export function useOne<Answer>(subject: Subject, path: string): UseQueryResult<Answer> {
  return useQuery(
    queryOptions({
      queryKey: [subject, path],
      queryFn: ({ signal }) => request<Answer>(apiUrl(path), { signal }),
    }),
  );
}

export interface List<Item> {
  readonly query: UseInfiniteQueryResult<{ pages: Page<Item>[] }>;
  readonly items: readonly Item[];
  readonly hasMore: boolean;
}

interface ListRequest {
  readonly subject: Subject;
  readonly path: string;
  readonly filters: Readonly<Record<string, string | undefined>>;
  /** From the URL, so that a shared link shows as many. */
  readonly pages: number;
}

/** A list that grows at its end, keyset by keyset, until it has as many pages as the URL says. */
export function useList<Item>({ subject, path, filters, pages }: ListRequest): List<Item> {
  const query = useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: [subject, 'list', path, filters],
      queryFn: ({ signal, pageParam }) =>
        request<Page<Item>>(apiUrl(path, { ...filters, cursor: pageParam }), { signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last) => last.nextCursor,
      placeholderData: (before) => before,
    }),
  );
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = query;
  const loaded = data?.pages.length ?? pages;
  useEffect(() => {
    if (loaded < pages && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [loaded, pages, hasNextPage, isFetching, isError, fetchNextPage]);
  // The cache may know more pages than this URL asks for.
  const shown = data?.pages.slice(0, pages) ?? [];
  return {
    query,
    items: shown.flatMap((page) => page.items),
    hasMore: shown.at(-1)?.nextCursor !== undefined,
  };
}

/** Runs an action and tells how it went. Resolves to whether it did. */
export function useAct(): (action: Promise<unknown>, done: ToastMessage) => Promise<boolean> {
  const { t } = useSpeech();
  const toast = useToast();
  return useCallback(
    async (action, done) => {
      try {
        await action;
        toast(done);
        return true;
      } catch (thrown) {
        const { code, detail } = problemOf(thrown);
        const sentence = [t(errorTexts[code]), detail].filter(Boolean).join(' ');
        toast({ text: t(shellTexts.failedAction, { sentence }), tone: 'bad' });
        return false;
      }
    },
    [t, toast],
  );
}
