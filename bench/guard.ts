import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Log, type Plan, systemClock } from '@socle/kernel';
import { type Database, migrate, openDatabase } from '@socle/service-database';
import { createLedger, ledgerMigrations } from '@socle/service-ledger';
import { median } from './figures.ts';

export interface GuardFigures {
  /** Reserve and settle of one call, waiting for new blocks included. */
  readonly microsecondsPerCall: number;
  readonly roundTripsPer100Calls: number;
  readonly rounds: readonly number[];
}

const CALLS = 20_000;
const nothing = (): void => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const text = { en: 'requests', fr: 'requêtes' };

/** Two calendar windows, large enough to be leased. */
const plan: Plan = {
  id: 'bench',
  title: 'Bench',
  source: 'https://socle.invalid/bench',
  checkedOn: new Date().toISOString().slice(0, 10),
  maxAgeDays: 1,
  confirmed: true,
  onExceed: 'stop',
  meters: [
    {
      kind: 'sum',
      id: 'requests',
      title: text,
      unit: text,
      count: () => 1,
      limits: [
        { id: 'day', max: 100_000_000, window: { kind: 'calendar', unit: 'day', timeZone: 'UTC' } },
        {
          id: 'month',
          max: 1_000_000_000,
          window: { kind: 'calendar', unit: 'month', timeZone: 'Europe/Paris' },
        },
      ],
    },
  ],
};

/** One call after the other, as fast as they come: nothing hides the waits for new blocks. */
export async function benchGuard({ database, rounds = 5 }: { database?: Database; rounds?: number } = {}) {
  if (database) return measure(database, rounds);
  const home = mkdtempSync(join(tmpdir(), 'socle-bench-'));
  const own = await openDatabase({ home, log });
  try {
    return await measure(own, rounds);
  } finally {
    await own.close();
    rmSync(home, { recursive: true, force: true });
  }
}

async function measure(database: Database, rounds: number): Promise<GuardFigures> {
  await migrate(database, [ledgerMigrations]);
  let roundTrips = 0;
  const sql: Database['sql'] = {
    ...database.sql,
    query: (text, params) => {
      roundTrips += 1;
      return database.sql.query(text, params);
    },
  };
  const ledger = createLedger({
    database: { sql, listen: database.listen },
    plans: () => plan,
    clock: systemClock,
    log,
  });
  const call = { platform: 'bench', port: 'email', operation: 'send', input: {} };
  const run = async (calls: number): Promise<number> => {
    const from = performance.now();
    for (let one = 0; one < calls; one += 1) await (await ledger.reserve(call)).settle();
    return ((performance.now() - from) * 1000) / calls;
  };
  await run(CALLS / 10);
  roundTrips = 0;
  const figures: number[] = [];
  for (let round = 0; round < rounds; round += 1) figures.push(await run(CALLS));
  const roundTripsPer100Calls = (roundTrips * 100) / (rounds * CALLS);
  await ledger.close();
  return { microsecondsPerCall: median(figures), roundTripsPer100Calls, rounds: figures };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { microsecondsPerCall, roundTripsPer100Calls, rounds } = await benchGuard();
  console.log(`guard: ${microsecondsPerCall.toFixed(1)} µs per call on a leased block`);
  console.log(`guard: ${roundTripsPer100Calls.toFixed(2)} database round trips per 100 calls`);
  console.log(`rounds (µs): ${rounds.map((one) => one.toFixed(1)).join(' ')}`);
}
