import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Log, systemClock } from '@socle/kernel';
import { type Database, migrate, openDatabase } from '@socle/service-database';
import { createEffects, effectsMigrations } from '@socle/service-effects';
import { createEventStore, type EventStore, eventsMigrations } from '@socle/service-events';
import { createFlowEngine, defineFlow, flowsMigrations, startFlows } from '@socle/service-flows';
import { createJobs, migrateJobs } from '@socle/service-jobs';
import { z } from 'zod';
import { median } from './figures.ts';

export interface FlowFigures {
  /** Runs of two steps finished, from the first event recorded to the last run done. */
  readonly perSecond: number;
  readonly rounds: readonly number[];
}

const title = { en: 'Bench', fr: 'Mesure' };
const flow = defineFlow({
  id: 'bench-order',
  title,
  on: { event: 'order.placed', data: z.object({ orderId: z.string(), totalMinor: z.number() }) },
  steps: [
    {
      id: 'record',
      title,
      kind: 'database',
      run: async ({ event, sql }) => {
        await sql.query('insert into public.bench_orders (id, total_minor) values ($1, $2)', [
          event.data.orderId,
          event.data.totalMinor,
        ]);
        return { recorded: event.data.orderId };
      },
    },
    { id: 'total', title, kind: 'local', run: ({ event }) => ({ withTax: event.data.totalMinor * 1.2 }) },
  ],
});

/**
 * Events recorded in batches, as the inbox does, while one process executes their runs: event, run and both
 * steps stay in PostgreSQL, which shares the machine.
 */
export async function benchFlows({ rounds = 5, runs = 6000 } = {}): Promise<FlowFigures> {
  const home = mkdtempSync(join(tmpdir(), 'socle-bench-'));
  const database = await openDatabase({ home, log });
  try {
    await migrate(database, [effectsMigrations, eventsMigrations, flowsMigrations]);
    await migrateJobs(database);
    await database.sql.query('create table public.bench_orders (id text primary key, total_minor int)');
    const events = createEventStore({ database, reaction: startFlows([flow]) });
    const engine = createFlowEngine({
      database,
      events,
      flows: [flow],
      call: () => Promise.reject(new Error('no call is made here')),
      effects: createEffects({ database, clock: systemClock, processId: 'bench' }),
      clock: systemClock,
      log,
    });
    const jobs = await createJobs({ database, tasks: engine.tasks, log });
    engine.start();
    const measured: number[] = [];
    await round({ database, events, runs: 1000, name: 'warm-up' });
    for (let number = 0; number < rounds; number += 1) {
      measured.push(await round({ database, events, runs, name: `round-${number}` }));
    }
    await jobs.stop();
    await engine.stop();
    return { perSecond: median(measured), rounds: measured };
  } finally {
    await database.close();
    rmSync(home, { recursive: true, force: true });
  }
}

interface Round {
  readonly database: Database;
  readonly events: EventStore;
  readonly runs: number;
  readonly name: string;
}

async function round({ database, events, runs, name }: Round): Promise<number> {
  const from = performance.now();
  for (let first = 0; first < runs; first += 250) {
    const drafts = Array.from({ length: Math.min(250, runs - first) }, (_, at) => {
      const orderId = `${name}-${first + at}`;
      return { id: orderId, type: 'order.placed', time: new Date(), data: { orderId, totalMinor: 1250 } };
    });
    await events.append('/bench', drafts);
  }
  while (!(await isDone(database))) await new Promise((resolve) => setTimeout(resolve, 20));
  const seconds = (performance.now() - from) / 1000;
  await check(database, { runs, name });
  return runs / seconds;
}

async function isDone({ sql }: Database): Promise<boolean> {
  const open = await sql.query(
    `select 1 from socle.runs where state = 'running' union all
     select 1 from socle.runs where state in ('waiting', 'deferred') limit 1`,
  );
  return open.length === 0;
}

/** A figure counts only when every run left its rows and its history. */
async function check({ sql }: Database, { runs, name }: { runs: number; name: string }): Promise<void> {
  const [row] = await sql.query<{ orders: number; steps: number }>(
    `select (select count(*)::int from public.bench_orders where id like $1) as orders,
       (select count(*)::int from socle.steps s join socle.runs r on r.id = s.run_id
        join socle.events e on e.id = r.event_id
        where e.event_id like $1 and r.state = 'succeeded' and s.state = 'succeeded') as steps`,
    [`${name}-%`],
  );
  if (row?.orders !== runs || row.steps !== 2 * runs) throw new Error(`incomplete: ${JSON.stringify(row)}`);
}

const silent = (): void => undefined;
const tell = (fields: object, message: string): void => console.error(message, fields);
const log: Log = { debug: silent, info: silent, warn: tell, error: tell };

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { perSecond, rounds } = await benchFlows();
  console.log(
    `two-step flows finished, history stored: ${Math.round(perSecond)}/s (${rounds.map(Math.round).join(', ')})`,
  );
}
