import type { Plan } from '@socle/kernel';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLedger, type Ledger, ledgerMigrations } from './ledger.ts';
import {
  call,
  type FakeClock,
  fakeClock,
  keptLog,
  perDay,
  perMonth,
  plan,
  sliding,
  sum,
} from './testing/plans.ts';
import { shareNotices } from './testing/processes.ts';

const MAX = 25_600;
const BLOCK = 256;

let database: TestDatabase;
let notices: Awaited<ReturnType<typeof shareNotices>>;
let clock: FakeClock;
let platform = '';
let roundTrips = 0;
let serial = 0;
let log = keptLog();
const ledgers: Ledger[] = [];

beforeAll(async () => {
  database = await createTestDatabase({ migrations: [ledgerMigrations] });
  notices = await shareNotices(database);
});
afterAll(async () => {
  await notices.stop();
  await database.drop();
});
beforeEach(() => {
  clock = fakeClock('2026-06-15T12:00:00Z');
  platform = `acme-${serial++}`;
  roundTrips = 0;
  log = keptLog();
});
afterEach(async () => {
  await Promise.all(ledgers.splice(0).map((one) => one.close()));
  expect(log.lines).toEqual([]);
});

function process(meters: Plan['meters'] = [sum('tokens', [perDay(MAX)])]): Ledger {
  const counted: typeof notices.sql.query = (text, params) => {
    roundTrips += 1;
    return database.sql.query(text, params);
  };
  const the = plan(meters);
  const ledger = createLedger({
    database: { sql: { ...database.sql, query: counted }, listen: notices.listen },
    plans: () => the,
    clock,
    log,
  });
  ledgers.push(ledger);
  return ledger;
}

const reserve = (ledger: Ledger, units = 1) => ledger.reserve(call(platform, { units }));

/** used, held and leased of the first counter of this test's platform. */
async function stored(): Promise<{ used: number; held: number; leased: number }> {
  const [row] = await database.sql.query<{ used: string; held: string; leased: string }>(
    'select used, held, leased from socle.quota_counter where platform = $1 order by id limit 1',
    [platform],
  );
  return { used: Number(row?.used), held: Number(row?.held), leased: Number(row?.leased) };
}

describe('leased blocks', () => {
  it('cost at most one round trip in a hundred calls', async () => {
    const ledger = process();
    for (let one = 0; one < 2000; one += 1) await (await reserve(ledger)).settle();
    expect(roundTrips).toBeLessThanOrEqual(20);
    expect((await ledger.quotas())[0]).toMatchObject({ used: 2000 });
  });

  it.each([
    ['a small limit', [sum('tokens', [perDay(MAX - 1)])]],
    ['a rolling window', [sum('tokens', [sliding(MAX, 60)])]],
    ['one exact limit among large ones', [sum('tokens', [perDay(MAX)]), sum('mails', [perDay(1000)])]],
  ])('are never used for %s', async (_what, meters) => {
    const ledger = process(meters);
    for (let one = 0; one < 5; one += 1) await reserve(ledger);
    expect(roundTrips).toBe(5);
    expect(await stored()).toMatchObject({ held: 5, leased: 0 });
  });

  it('settle and release in memory, and give back at the end what was not used', async () => {
    const ledger = process();
    const [first, second, third] = [
      await reserve(ledger, 10),
      await reserve(ledger, 10),
      await reserve(ledger, 10),
    ];
    const before = roundTrips;
    await first.settle({ tokens: 4 });
    await second.release();
    expect(roundTrips).toBe(before);
    await ledger.close();
    // the third call is still under way
    expect(await stored()).toEqual({ used: 4, held: 10, leased: 0 });
    await third.settle({ tokens: 7 });
    expect(await stored()).toEqual({ used: 11, held: 0, leased: 0 });
  });

  it('count at once what was used beyond the block', async () => {
    const ledger = process();
    const reservation = await reserve(ledger);
    await reservation.settle({ tokens: 20_000 });
    await expect.poll(stored).toMatchObject({ used: 20_000 });
    await expect(reserve(ledger, 6000)).rejects.toMatchObject({ code: 'quota_exceeded' });
    await reserve(ledger, 5000);
  });

  it('hold no more than a hundredth of the limit', async () => {
    const ledger = process();
    for (let one = 0; one < 1000; one += 1) await reserve(ledger, 3);
    const { leased } = await stored();
    await ledger.quotas();
    expect(leased - 3000).toBeLessThanOrEqual(BLOCK);
  });

  it('end with their window', async () => {
    const ledger = process();
    const late = await reserve(ledger, 50);
    clock.advance(86_400_000);
    await (await reserve(ledger, 7)).settle();
    await late.settle({ tokens: 20 });
    expect(await ledger.quotas()).toMatchObject([{ used: 7 }]);
    await ledger.close();
    expect(await stored()).toEqual({ used: 20, held: 0, leased: 0 });
  });

  it('are given back when another process comes to the wall', async () => {
    const [idle, busy] = [process(), process()];
    await (await reserve(idle)).settle();
    expect(await stored()).toMatchObject({ leased: BLOCK });
    await reserve(busy, MAX - BLOCK);
    // all but one unit of the idle process's block
    await reserve(busy, BLOCK - 1);
    await expect(reserve(busy)).rejects.toMatchObject({
      code: 'quota_exceeded',
      details: { quota: { used: MAX } },
    });
    await expect(reserve(idle)).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect(await stored()).toEqual({ used: 1, held: MAX - 1, leased: 0 });
  });

  it('are given back by a process that has nothing to do', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const ledger = process();
      await (await reserve(ledger)).settle();
      vi.advanceTimersByTime(2000);
      await expect.poll(stored).toEqual({ used: 1, held: 0, leased: BLOCK - 1 });
      vi.advanceTimersByTime(2000);
      await expect.poll(stored).toEqual({ used: 1, held: 0, leased: 0 });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('vendor signals', () => {
  const emails = [sum('emails', [perDay(100), perMonth(3000)])];

  it('make less remain, never more', async () => {
    const ledger = process(emails);
    await reserve(ledger, 10);
    await ledger.observe(platform, [{ meter: 'emails', limit: 'day', remaining: 95 }]);
    expect(await ledger.quotas()).toMatchObject([{ used: 0, reserved: 10 }, { reserved: 10 }]);
    await ledger.observe(platform, [{ meter: 'emails', limit: 'day', remaining: 30 }]);
    expect(await ledger.quotas()).toMatchObject([
      { used: 60, reserved: 10 },
      { used: 0, reserved: 10 },
    ]);
    // also told by one that does not know what the first knows
    for (const one of [ledger, process(emails)]) {
      await one.observe(platform, [{ meter: 'emails', limit: 'day', remaining: 60 }]);
    }
    await reserve(ledger, 30);
    await expect(reserve(ledger)).rejects.toMatchObject({ code: 'quota_exceeded' });
    clock.advance(86_400_000);
    await reserve(ledger, 100);
  });

  it('reach every process, and processes that were never told of the meter', async () => {
    const [told, other] = [process(emails), process(emails)];
    await told.observe(platform, [{ meter: 'emails', limit: 'day', remaining: 0 }]);
    await expect(reserve(other)).rejects.toMatchObject({ code: 'quota_exceeded' });
  });

  it('slide out of a rolling window', async () => {
    const ledger = process([sum('requests', [sliding(10, 60)])]);
    await ledger.observe(platform, [{ meter: 'requests', limit: 'sliding', remaining: 2 }]);
    await expect(reserve(ledger, 3)).rejects.toMatchObject({ code: 'quota_exceeded' });
    clock.advance(60_000);
    await reserve(ledger, 10);
  });

  it('say nothing of a window that has just turned', async () => {
    clock.set('2026-06-16T00:00:00.500Z');
    const ledger = process(emails);
    const day = { meter: 'emails', limit: 'day', remaining: 0 } as const;
    await ledger.observe(platform, [day]);
    await ledger.observe(platform, [{ ...day, resetsAt: new Date('2026-06-16T00:00:00Z') }]);
    await reserve(ledger);
    await ledger.observe(platform, [{ ...day, resetsAt: new Date('2026-06-17T00:00:00Z') }]);
    await expect(reserve(ledger)).rejects.toMatchObject({ code: 'quota_exceeded' });
  });

  it('cost no round trip when they say nothing new', async () => {
    const ledger = process();
    await reserve(ledger);
    const before = roundTrips;
    for (let remaining = MAX - 1; remaining > MAX - 200; remaining -= 1) {
      await ledger.observe(platform, [{ meter: 'tokens', limit: 'day', remaining }]);
    }
    expect(roundTrips).toBe(before);
  });

  it('recall leased blocks once the vendor says that nothing is left', async () => {
    const [idle, told] = [process(), process()];
    await reserve(idle);
    await told.observe(platform, [{ meter: 'tokens', limit: 'day', remaining: 0 }]);
    await expect.poll(stored).toMatchObject({ held: 1, leased: 0 });
  });

  it('make every process wait as long as the vendor asks', async () => {
    const [told, leased] = [process(), process()];
    await reserve(leased);
    await told.observeResponse(platform, { headers: new Headers({ 'retry-after': '7' }), status: 429 });
    for (const ledger of [told, process()]) {
      await expect(reserve(ledger)).rejects.toMatchObject({
        code: 'rate_limited',
        details: { retryAfterMs: 7000, applied: 'no' },
      });
    }
    await expect.poll(() => reserve(leased).catch(({ code }) => code)).toBe('rate_limited');
    clock.advance(7000);
    await Promise.all([reserve(told), reserve(leased)]);
  });

  it('ignore what the plan does not know', async () => {
    const ledger = process(emails);
    await ledger.observe(platform, [
      { meter: 'cats', limit: 'day', remaining: 0 },
      { meter: 'emails', limit: 'day', remaining: Number.NaN },
    ]);
    await reserve(ledger, 100);
  });
});

it('forgets windows that ended long ago, and their keys', async () => {
  const ledger = process([sum('emails', [perDay(100)])]);
  await reserve(ledger);
  clock.advance(86_400_000);
  await reserve(ledger);
  const prune = (iso: string) => database.sql.query('select socle.quota_prune($1)', [Date.parse(iso)]);
  const left = async () =>
    (await database.sql.query('select 1 from socle.quota_counter where platform = $1', [platform])).length;
  await prune('2026-06-28T00:00:00Z');
  expect(await left()).toBe(2);
  await prune('2026-06-29T00:00:01Z');
  expect(await left()).toBe(1);
});
