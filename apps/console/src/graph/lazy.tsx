import { Skeleton } from '@socle/ui';
import { type ComponentProps, lazy, type ReactNode, Suspense } from 'react';

const Drawing = lazy(async () => ({ default: (await import('./drawing.tsx')).Drawing }));

/** The drawing library is fetched when the first graph is shown. */
export function LazyGraph(props: ComponentProps<typeof Drawing>): ReactNode {
  return (
    <Suspense fallback={<Skeleton lines={5} />}>
      <Drawing {...props} />
    </Suspense>
  );
}
