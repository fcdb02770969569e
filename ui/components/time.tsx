import { type ReactNode, useSyncExternalStore } from 'react';
import { useSpeech } from '../texts/language.tsx';

const TICK_MS = 10_000;
const watchers = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for every relative time on the page. */
function watch(onTick: () => void): () => void {
  watchers.add(onTick);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of watchers) tell();
  }, TICK_MS);
  return () => {
    watchers.delete(onTick);
    if (watchers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** `3 min ago`, with the exact moment as its title. */
export function RelativeTime({ time }: { readonly time: string }): ReactNode {
  const { format } = useSpeech();
  const current = useSyncExternalStore(watch, () => now);
  return (
    <time dateTime={time} title={format.dateTime(time)} className="whitespace-nowrap">
      {format.relative(time, current)}
    </time>
  );
}
