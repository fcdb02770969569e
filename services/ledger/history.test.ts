import { isSocleError, type Reservation } from '@socle/kernel';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ledgerMigrations } from './ledger.ts';
import { Oracle, type OracleCall, type OracleLimit } from './testing/oracle.ts';
import {
  call,
  distinct,
  fakeClock,
  inAll,
  limit,
  perDay,
  perMonth,
  plan,
  sliding,
  sum,
} from './testing/plans.ts';
import { shareNotices, startProcess, type TestProcess } from './testing/processes.ts';

let database: TestDatabase;
let notices: Awaited<ReturnType<typeof shareNotices>>;
let serial = 0;

beforeAll(async () => {
  database = await createTestDatabase({ migrations: [ledgerMigrations] });
  notices = await shareNotices(database);
});
afterAll(async () => {
  await notices.stop();
  await database.drop();
});

const DAY = 86_400_000;
const START = '2026-01-30T23:59:50.000Z';
const month = (at: number): number => new Date(at).getUTCFullYear() * 12 + new Date(at).getUTCMonth();
const day = (at: number): number => Math.floor(at / DAY);

type Step =
  | {
      readonly do: 'reserve';
      readonly process: 0 | 1;
      readonly units: number;
      readonly keys: readonly string[];
    }
  | { readonly do: 'settle'; readonly pick: number; readonly actual: number | undefined }
  | { readonly do: 'release'; readonly pick: number }
  | { readonly do: 'kill'; readonly process: 0 | 1 }
  | { readonly do: 'advance'; readonly ms: number };

function steps(units: fc.Arbitrary<number>, ms: readonly number[]): fc.Arbitrary<readonly Step[]> {
  const process = fc.constantFrom(0 as const, 1 as const);
  const reserve = fc.record({
    do: fc.constant('reserve' as const),
    process,
    units,
    keys: fc.subarray(['ann', 'bob', 'cid', 'dan'], { maxLength: 2 }),
  });
  const step = fc.oneof(
    { weight: 6, arbitrary: reserve },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('settle' as const),
        pick: fc.nat(9),
        actual: fc.option(fc.nat(4), { nil: undefined }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), pick: fc.nat(9) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), process }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(...ms) }) },
  );
  return fc.array(step, { minLength: 4, maxLength: 12 });
}

interface Open {
  readonly process: 0 | 1;
  readonly reservation: Reservation;
  readonly entries: ReturnType<Oracle['take']>;
}

const exactPlan = plan([
  sum('emails', [perDay(5), perMonth(9), sliding(3, 10)]),
  sum('requests', [limit('minute', 7, { kind: 'fixed', seconds: 60 }), inAll(40)], { countsRefusals: true }),
  distinct('users', [perMonth(3)]),
]);
const exactLimits: readonly OracleLimit[] = [
  { meter: 'emails', max: 5, turn: day },
  { meter: 'emails', max: 9, turn: month },
  { meter: 'emails', max: 3, slidingMs: 10_000 },
  { meter: 'requests', max: 7, turn: (at) => Math.floor(at / 60_000) },
  { meter: 'requests', max: 40, turn: () => 0 },
  { meter: 'users', max: 3, turn: month },
];

/** Plays one history on two processes and on the oracle; they must agree on every single call. */
async function playExactly(history: readonly Step[]): Promise<void> {
  const platform = `exact-${serial++}`;
  const clock = fakeClock(START);
  const oracle = new Oracle(exactLimits);
  const start = (): TestProcess => startProcess(notices, { plan: exactPlan, clock });
  const processes = [start(), start()];
  let open: Open[] = [];
  for (const step of history) {
    if (step.do === 'advance') clock.advance(step.ms);
    if (step.do === 'kill') {
      processes[step.process]?.kill();
      processes[step.process] = start();
      open = open.filter(({ process }) => process !== step.process);
    }
    if (step.do === 'settle' || step.do === 'release') {
      const [ended] = open.splice(step.pick % Math.max(1, open.length), 1);
      if (ended) await end(ended, step);
    }
    if (step.do === 'reserve') {
      const { process, units, keys } = step;
      const calls: OracleCall[] = [
        { meter: 'emails', units },
        { meter: 'requests', units },
        { meter: 'users', keys },
      ];
      const entries = oracle.reserve(calls, clock.now().getTime());
      const reservation = await processes[process]?.ledger
        .reserve(call(platform, { units, keys }))
        .catch(refused);
      expect(reservation !== undefined, `${JSON.stringify(step)} at ${clock.now().toISOString()}`).toBe(
        entries !== undefined,
      );
      if (reservation && entries) open.push({ process, reservation, entries });
    }
  }
  const now = clock.now().getTime();
  const rows = await processes[0]?.ledger.quotas([platform]);
  expect(rows?.map(({ used, reserved }) => used + reserved)).toEqual(
    exactLimits.map((one) => oracle.used(one, now)),
  );
  await Promise.all(processes.map((one) => one.close()));
}

async function end({ reservation, entries }: Open, step: Step): Promise<void> {
  if (step.do === 'settle') {
    await reservation.settle(step.actual === undefined ? undefined : { emails: step.actual });
    for (const entry of entries) if (entry.meter === 'emails') entry.units = step.actual ?? entry.units;
  } else {
    await reservation.release();
    for (const entry of entries) if (entry.meter !== 'requests') entry.units = 0;
  }
}

function refused(error: unknown): undefined {
  if (isSocleError(error) && error.code === 'quota_exceeded') return undefined;
  throw error;
}

const AT_ONCE = 50;

it('agrees with the oracle on every call of 10,000 random histories', async () => {
  const history = steps(fc.integer({ min: 1, max: 3 }), [1, 999, 5000, 9999, 10_000, 60_000, DAY]);
  await fc.assert(
    fc.asyncProperty(fc.array(history, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (histories) => {
      await Promise.all(histories.map(playExactly));
    }),
    { numRuns: 10_000 / AT_ONCE },
  );
}, 600_000);

const MAX = 25_600;
const BLOCK = MAX / 100;
const leasedPlan = plan([sum('tokens', [perDay(MAX), perMonth(2 * MAX)])]);
const leasedLimits: readonly OracleLimit[] = [
  { meter: 'tokens', max: MAX, turn: day },
  { meter: 'tokens', max: 2 * MAX, turn: month },
];

/**
 * The same with units leased in blocks. A dead process keeps at most one block of each window: a refusal is
 * right only if the wall is nearer than what the dead may hold.
 */
async function playLeased(history: readonly Step[]): Promise<void> {
  const platform = `leased-${serial++}`;
  const clock = fakeClock(START);
  const oracle = new Oracle(leasedLimits);
  const start = (): TestProcess => startProcess(notices, { plan: leasedPlan, clock });
  const processes = [start(), start()];
  let open: Open[] = [];
  let deaths = 0;
  for (const step of history) {
    const now = clock.now().getTime();
    if (step.do === 'advance') clock.advance(step.ms);
    if (step.do === 'kill') {
      deaths += 1;
      processes[step.process]?.kill();
      processes[step.process] = start();
      open = open.filter(({ process }) => process !== step.process);
    }
    if (step.do === 'release') {
      const [ended] = open.splice(step.pick % Math.max(1, open.length), 1);
      if (ended) await end({ ...ended, entries: ended.entries }, step);
    }
    if (step.do === 'settle') {
      const [ended] = open.splice(step.pick % Math.max(1, open.length), 1);
      const actual = step.actual === undefined ? undefined : step.actual * 50;
      await ended?.reservation.settle(actual === undefined ? undefined : { tokens: actual });
      for (const entry of ended?.entries ?? []) entry.units = actual ?? entry.units;
    }
    if (step.do === 'reserve') {
      const { process, units } = step;
      // three at once, so that calls also wait for one another's block
      const results = await Promise.all(
        [1, 2, 3].map(() => processes[process]?.ledger.reserve(call(platform, { units })).catch(refused)),
      );
      for (const reservation of results) {
        if (!reservation) continue;
        const entries = oracle.take([{ meter: 'tokens', units }], now);
        open.push({ process, reservation, entries });
      }
      const left = leasedLimits.map((one) => one.max - oracle.used(one, now));
      if (results.some(Boolean)) expect(Math.min(...left), 'overshoot').toBeGreaterThanOrEqual(0);
      if (!results.every(Boolean)) expect(Math.min(...left)).toBeLessThan(units + deaths * 2 * BLOCK);
    }
  }
  await Promise.all(processes.map((one) => one.close()));
}

it('never overshoots and refuses only for what the dead hold, in 1,000 histories with leased blocks', async () => {
  const units = fc.constantFrom(1, 60, 250, 256, 2500, 5000);
  const history = steps(units, [1, 60_000, DAY]);
  await fc.assert(
    fc.asyncProperty(fc.array(history, { minLength: 100, maxLength: 100 }), async (histories) => {
      await Promise.all(histories.map(playLeased));
    }),
    { numRuns: 10 },
  );
}, 600_000);
