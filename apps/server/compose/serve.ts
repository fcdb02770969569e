import { SocleError } from '@socle/kernel';
import { type Hold, holdHome } from '@socle/service-database';
import type { Values } from '@socle/service-settings';
import { createRedactor, type LogOptions } from '@socle/service-telemetry';
import { createGateway } from '../gateway/gateway.ts';
import { type Listening, listen } from '../gateway/listen.ts';
import { toProblem } from '../gateway/problems.ts';
import { type App, openApp, type Role } from './app.ts';
import { banner } from './banner.ts';
import { startUpkeep, startWorker } from './worker.ts';

export interface Running {
  readonly app: App;
  readonly banner: readonly string[];
  /** Lets what is under way end, then closes everything: no process and no connection stays. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  readonly role: Exclude<Role, 'command'>;
  readonly env: Values;
  readonly stream?: LogOptions['stream'];
}

type Fetch = Parameters<typeof listen>[0];

/** One long-running process: `start` is server and worker in one, and alone on its home. */
export async function serve({ role, env, stream }: ServeOptions): Promise<Running> {
  let hold: Hold | undefined;
  let listening: Listening | undefined;
  let answer: Fetch = starting;
  const front: Fetch = (...args) => answer(...args);

  const release = async (): Promise<void> => {
    await listening?.close();
    await hold?.release();
  };
  const app = await openApp({
    env,
    role,
    ...(stream ? { stream } : {}),
    async prepare({ database, boot: { core } }) {
      if (role === 'start') hold = await holdHome(database);
      if (role === 'worker') return { port: core.port };
      listening = await listen(front, { port: core.port, host: core.listen });
      return { port: listening.port };
    },
  }).catch(async (error: unknown) => {
    await release();
    throw error;
  });

  try {
    const gateway = role === 'worker' ? undefined : await createGateway(app);
    if (gateway) answer = gateway.fetch;
    const worker = role === 'server' ? undefined : await startWorker(app);
    const upkeep = role === 'worker' ? undefined : startUpkeep(app);
    app.telemetry.log.info({ role, port: listening?.port, pid: process.pid }, 'ready');
    return {
      app,
      banner: await banner(app, role),
      async stop() {
        upkeep?.stop();
        await Promise.all([gateway?.close().then(() => listening?.close()), worker?.stop()]);
        await hold?.release();
        await app.close();
      },
    };
  } catch (error) {
    await release();
    await app.close();
    throw error;
  }
}

/** The port is open before the rest is: whoever asks early is told to come back. */
function starting(): Response {
  const error = new SocleError('unavailable', 'Socle is starting', { applied: 'no', retryAfterMs: 1000 });
  return toProblem(error, { requestId: crypto.randomUUID(), redactor: createRedactor() });
}
