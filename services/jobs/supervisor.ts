import { setTimeout as delay } from 'node:timers/promises';
import { type EngineOptions, startEngine } from './engine.ts';

/** Keeps an engine running until `stopping`. `started`: the first one does. */
export function superviseEngine(options: EngineOptions & { stopping: AbortSignal }): {
  started: Promise<void>;
  ended: Promise<void>;
} {
  const { stopping, log } = options;
  const started = Promise.withResolvers<void>();
  const supervise = async (): Promise<void> => {
    for (let pauseMs = 100; !stopping.aborted; pauseMs = Math.min(pauseMs * 2, 2000)) {
      try {
        const engine = await startEngine(options);
        started.resolve();
        pauseMs = 100;
        stopping.addEventListener('abort', engine.stop, { once: true });
        if (stopping.aborted) engine.stop();
        await engine.ended.finally(() => stopping.removeEventListener('abort', engine.stop));
      } catch (error) {
        if (!stopping.aborted) log.error({ err: error }, 'the job runner stopped; starting it again');
      }
      await delay(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
    }
    started.resolve();
  };
  return { started: started.promise, ended: supervise() };
}
