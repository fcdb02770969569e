import { isSocleError, type Log } from '@socle/kernel';
import { openDatabase } from '@socle/service-database';
import { createEffects } from '@socle/service-effects';
import { createEgress } from '@socle/service-egress';
import { createJobQueue } from '@socle/service-jobs';
import { createLedger } from '@socle/service-ledger';
import { createDeferral, createModules, createRoutes, runDeferred } from '@socle/service-modules';
import { readBoot } from '@socle/service-settings';
import { cappedPlatform } from './vendor.ts';

/** One process of an application: sends what its parent asks for, at the hour its parent says it is. */

const ignore = (): void => {};
const quiet: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

const [databaseUrl = '', chain = '', policy = '', ...urls] = process.argv.slice(2);
const platforms = chain.split(',').map(cappedPlatform);
let now = new Date();
const clock = { now: () => now };
const env = { CAPPED_BASE_URL: urls[0] ?? '', SOCLE_EMAIL: chain, SOCLE_EMAIL_POLICY: policy };
const boot = readBoot({ env, platforms });
if (boot.faults.length > 0) throw new Error(JSON.stringify(boot.faults));

const database = await openDatabase({ home: '/nonexistent', databaseUrl, log: quiet });
const { sql } = database;
const egress = createEgress({ log: quiet, declared: () => [new URL(env.CAPPED_BASE_URL).host] });
const ledger = createLedger({ database, plans: (id) => boot.platforms.get(id)?.plan, clock, log: quiet });
const effects = createEffects({ database, clock, processId: String(process.pid) });
const queue = createJobQueue({ database });
const jobs = {
  enqueue: (tx: typeof sql, { key, runAt }: { key: string; runAt: Date }) =>
    queue.add('deferred', { key }, { key, runAt, sql: tx }),
};
const modules = createModules({
  boot,
  pipeline: { guard: ledger, effects, clock, observe: () => {} },
  hostFor: ({ platform }) => ({
    fetch: egress.fetchFor(platform.id),
    connect: egress.connectFor(platform.id),
    clock,
    log: quiet,
    local: () => {
      throw new Error('not the embedded platform');
    },
  }),
  log: quiet,
  clock,
  deferral: createDeferral({ sql, jobs, clock }),
  routes: createRoutes({ sql }),
});

export interface Order {
  readonly at: string;
  /** Calls to make at once, under these keys. */
  readonly send?: readonly string[];
  /** Stored calls to execute at once. */
  readonly resume?: readonly string[];
}
/** How many calls ended in which way. */
export type Tally = Readonly<Record<string, number>>;

process.on('message', async (order: Order) => {
  now = new Date(order.at);
  const tally: Record<string, number> = {};
  const count = (outcome: string): void => {
    tally[outcome] = (tally[outcome] ?? 0) + 1;
  };
  const message = { to: ['ada@example.com'], subject: 'Hello', text: 'Hello' };
  const work = [
    ...(order.send ?? []).map((key) =>
      modules
        .call({ port: 'email', operation: 'send', input: message, idempotencyKey: key })
        .then(() => count('sent'))
        .catch((error: unknown) => {
          const isDeferred = isSocleError(error) && error.details.deferredUntil !== undefined;
          count(isDeferred ? 'deferred' : isSocleError(error) ? error.code : String(error));
        }),
    ),
    ...(order.resume ?? []).map((key) =>
      runDeferred(key, { sql, jobs, clock, log: quiet, call: modules.call }),
    ),
  ];
  await Promise.all(work);
  process.send?.(tally);
});
process.send?.('ready');
