import type { z } from 'zod';
import type { Messages } from './schemas.ts';

type Message = z.core.util.JSONType;

/** A subscriber that reads slower than others publish loses the oldest: delivery is at most once. */
const MOST_WAITING = 10_000;

export interface Subscription {
  push(message: Message): void;
  readonly messages: z.output<typeof Messages>;
}

/** What adapters hand out: ends when the signal aborts or the reader leaves its loop, and then calls `close`. */
export function createSubscription(signal: AbortSignal, close: () => void): Subscription {
  const waiting: Message[] = [];
  let wake: (() => void) | undefined;
  let isOpen = true;

  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    signal.removeEventListener('abort', end);
    close();
    wake?.();
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();

  async function* read(): AsyncGenerator<Message> {
    try {
      while (isOpen) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      end();
    }
  }

  return {
    push(message) {
      if (!isOpen) return;
      waiting.push(message);
      if (waiting.length > MOST_WAITING) waiting.shift();
      wake?.();
    },
    messages: read(),
  };
}
