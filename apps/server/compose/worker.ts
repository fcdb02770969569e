import { systemClock } from '@socle/kernel';
import { createJobs, type Task } from '@socle/service-jobs';
import { runDeferred, sweepCalls } from '@socle/service-modules';
import type { App } from './app.ts';
import { DEFERRED_TASK } from './services.ts';

const SWEEP_TASK = 'server.sweep';

/** Runs deliveries, flows, schedules, and calls that waited for their window. */
export async function startWorker(app: App): Promise<{ stop(): Promise<void> }> {
  const { database, engine, inbox, modules, telemetry, effects, deferredJobs } = app;
  const { log } = telemetry;
  const context = { sql: database.sql, jobs: deferredJobs, clock: systemClock, log, call: modules.call };
  const tasks: Record<string, Task> = {
    ...inbox.tasks,
    ...engine.tasks,
    [DEFERRED_TASK]: (payload) => runDeferred(String((payload as { key: unknown }).key), context),
    [SWEEP_TASK]: async () => {
      await effects.sweep();
      await sweepCalls(context);
    },
  };
  const jobs = await createJobs({
    database,
    tasks,
    crontab: [...inbox.crontab, ...engine.crontab, { task: SWEEP_TASK, match: '17 3 * * *' }],
    log,
    ...(app.process ? { process: app.process } : {}),
  });
  engine.start();
  return {
    async stop() {
      await Promise.all([jobs.stop(), engine.stop()]);
    },
  };
}

/**
 * Each platform's own loops, with its settings of the moment; never two turns of one at a time. They run where
 * HTTP is answered: the embedded platform delivers its webhooks to the server of its own process.
 */
export function startUpkeep(app: App): { stop(): void } {
  const stopping = new AbortController();
  for (const platform of app.platforms) {
    platform.loadUpkeep?.().then(
      ({ upkeep }) => {
        for (const one of upkeep) void loop(platform.id, one);
      },
      (error: unknown) =>
        app.telemetry.log.error({ platform: platform.id, err: error }, 'upkeep did not load'),
    );
  }

  async function loop(
    id: string,
    one: { everySeconds: number; run(...args: never[]): Promise<void> },
  ): Promise<void> {
    while (!stopping.signal.aborted) {
      await pause(one.everySeconds * 1000, stopping.signal);
      const result = app.boot().platforms.get(id)?.result;
      if (stopping.signal.aborted || result?.state !== 'ready') continue;
      try {
        await one.run(...([result.value, app.hostFor(id), stopping.signal] as never[]));
      } catch (error) {
        if (!stopping.signal.aborted) app.telemetry.log.warn({ platform: id, err: error }, 'upkeep failed');
      }
    }
  }
  return { stop: () => stopping.abort() };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
