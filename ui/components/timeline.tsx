import type { ReactNode } from 'react';
import { Status, type Tone } from './status.tsx';

export interface TimelineItem {
  readonly id: string;
  readonly title: string;
  readonly tone: Tone;
  readonly state: string;
  readonly aside?: ReactNode;
  readonly content?: ReactNode;
}

/** Things in the order in which they happen, on one line. */
export function Timeline({ items }: { readonly items: readonly TimelineItem[] }): ReactNode {
  return (
    <ol className="grid">
      {items.map((item) => (
        <li key={item.id} className="relative border-l border-line-strong pb-6 pl-5 last:pb-0">
          <span
            aria-hidden
            className="absolute top-1.5 -left-1 size-[7px] border border-line-strong bg-ground"
          />
          <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
            <h3 className="font-[620]">{item.title}</h3>
            <Status tone={item.tone}>{item.state}</Status>
            {item.aside && <span className="text-small text-muted">{item.aside}</span>}
          </div>
          {item.content && <div className="mt-3 grid gap-3">{item.content}</div>}
        </li>
      ))}
    </ol>
  );
}
