import type { Log } from '@socle/kernel';
import type { Database } from '@socle/service-database';
import { LIVE_CHANNEL } from '@socle/service-events';
import type { LiveNotice } from './contract.ts';

export interface LiveHub {
  /** Server-sent events: each says what to fetch again. */
  stream(signal: AbortSignal): Response;
  close(): Promise<void>;
}

const TOPICS: ReadonlySet<string> = new Set<LiveNotice['topic']>([
  'deliveries',
  'events',
  'runs',
  'quotas',
  'mailbox',
  'settings',
]);
const HEARTBEAT_MS = 15_000;
/** A screen cannot show more, and one burst must not cost a hundred fetches. */
const GATHER_MS = 250;

interface Viewer {
  send(text: string): void;
  end(): void;
}

/** One LISTEN for all open consoles of this process. */
export async function createLiveHub({ database, log }: { database: Database; log: Log }): Promise<LiveHub> {
  const open = new Set<Viewer>();
  const pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    timer = undefined;
    for (const topic of pending) for (const viewer of open) viewer.send(`data: {"topic":"${topic}"}\n\n`);
    pending.clear();
  };
  const tell = (topic: string): void => {
    if (!TOPICS.has(topic) || open.size === 0) return;
    pending.add(topic);
    timer ??= setTimeout(flush, GATHER_MS);
  };
  // What was missed while the connection was away: fetch everything.
  const all = (): void => TOPICS.forEach(tell);
  const stops = await Promise.all([
    database.listen(LIVE_CHANNEL, tell, all),
    database.listen('socle_settings', () => tell('settings'), all),
  ]);
  const heartbeat = setInterval(() => {
    for (const viewer of open) viewer.send(': alive\n\n');
  }, HEARTBEAT_MS);

  return {
    stream(signal) {
      const encoder = new TextEncoder();
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          const viewer: Viewer = {
            send(text) {
              // A console that does not read is dropped; its browser comes back and fetches everything.
              if ((controller.desiredSize ?? 0) < -1000) viewer.end();
              else controller.enqueue(encoder.encode(text));
            },
            end() {
              if (open.delete(viewer)) controller.close();
            },
          };
          open.add(viewer);
          viewer.send('retry: 1000\n\n');
          signal.addEventListener('abort', viewer.end, { once: true });
        },
      });
      return new Response(body, {
        headers: {
          'content-type': 'text/event-stream',
          'cache-control': 'no-store',
          'x-accel-buffering': 'no',
        },
      });
    },
    async close() {
      clearInterval(heartbeat);
      clearTimeout(timer);
      for (const viewer of open) viewer.end();
      await Promise.all(stops.map((stop) => stop())).catch((error: unknown) =>
        log.debug({ error: String(error) }, 'the live view did not stop listening'),
      );
    },
  };
}
