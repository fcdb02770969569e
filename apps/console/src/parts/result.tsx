import { ErrorState, Skeleton } from '@socle/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { problemOf } from '../data/api.ts';

interface ResultProps<Answer> {
  readonly query: UseQueryResult<Answer>;
  readonly lines?: number;
  readonly children: (answer: Answer) => ReactNode;
}

/** What a query brought, or that it is on its way, or why it did not come. */
export function Result<Answer>({ query, lines = 8, children }: ResultProps<Answer>): ReactNode {
  if (query.data !== undefined) return children(query.data);
  if (query.isError)
    return <ErrorState problem={problemOf(query.error)} onRetry={() => void query.refetch()} />;
  return <Skeleton lines={lines} />;
}
