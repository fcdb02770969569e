import { listProcesses } from '@socle/service-database';
import type { Hono } from 'hono';
import type { App } from '../compose/app.ts';
import { type Env, localOnly } from './guards.ts';
import { json } from './problems.ts';

const PATIENCE_MS = 2000;

/** `/healthz`: this process answers. `/readyz`: the database does, and some worker is alive. */
export function mountHealth(hono: Hono<Env>, app: App): void {
  hono.get('/healthz', () => json({ status: 'alive' }));
  hono.get('/readyz', async () => {
    const checks = await readiness(app);
    return json(
      { status: checks.database && checks.worker ? 'ready' : 'not ready', checks },
      {
        status: checks.database && checks.worker ? 200 : 503,
      },
    );
  });
  hono.get('/metrics', localOnly, async () => {
    const text = await app.telemetry.metricsText({
      quotas: () => app.quotas(),
      runs: () => runs(app),
    });
    return new Response(text, { headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } });
  });
}

async function readiness(app: App): Promise<{ database: boolean; worker: boolean }> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('late')), PATIENCE_MS).unref();
  });
  try {
    const processes = await Promise.race([listProcesses(app.database), late]);
    return { database: true, worker: processes.some((one) => one.alive && one.role !== 'server') };
  } catch {
    return { database: false, worker: false };
  }
}

async function runs({ engine }: App): Promise<{ flow: string; state: string; count: number }[]> {
  const flows = await engine.list();
  return flows.flatMap(({ id, counts }) =>
    Object.entries(counts).map(([state, count]) => ({ flow: id, state, count })),
  );
}
