import { type Plan, SocleError } from '@socle/kernel';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLedger, type Ledger, ledgerMigrations } from './ledger.ts';
import {
  call,
  distinct,
  type FakeClock,
  fakeClock,
  inAll,
  keptLog,
  limit,
  perDay,
  perMonth,
  plan,
  sliding,
  sum,
} from './testing/plans.ts';

let database: TestDatabase;
let clock: FakeClock;
let platform = '';
let log = keptLog();
let plans: Record<string, Plan> = {};
let warned: unknown[] = [];
const ledgers: Ledger[] = [];
let serial = 0;

beforeAll(async () => {
  database = await createTestDatabase({ migrations: [ledgerMigrations] });
});
afterAll(() => database.drop());

beforeEach(() => {
  clock = fakeClock('2026-06-15T12:00:00Z');
  platform = `acme-${serial++}`;
  log = keptLog();
  warned = [];
});
afterEach(async () => {
  await Promise.all(ledgers.splice(0).map((one) => one.close()));
  expect(log.lines).toEqual([]);
});

/** One process's ledger on the plan of this test's platform. */
function process(meters: Plan['meters'], more: Partial<Plan> = {}): Ledger {
  plans = { ...plans, [platform]: plan(meters, more) };
  const ledger = createLedger({
    database,
    plans: (id) => plans[id],
    clock,
    log,
    emit: (_type, data) => void warned.push(data),
  });
  ledgers.push(ledger);
  return ledger;
}

const reserve = (ledger: Ledger, input: unknown = {}) => ledger.reserve(call(platform, input));

/** How many of `count` calls at once are let through; every refusal must be the expected one. */
async function flood(ledger: Ledger, count: number, input: unknown = {}): Promise<number> {
  const results = await Promise.allSettled(Array.from({ length: count }, () => reserve(ledger, input)));
  for (const one of results)
    if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'quota_exceeded' });
  return results.filter((one) => one.status === 'fulfilled').length;
}

async function refusal(ledger: Ledger, input: unknown = {}): Promise<SocleError> {
  return reserve(ledger, input).then(
    () => expect.unreachable('was not refused'),
    (error: SocleError) => error,
  );
}

describe('reserve', () => {
  it('lets the 100th of 100 leave and refuses the 101st, saying which wall and until when', async () => {
    const ledger = process([sum('emails', [perDay(100)])]);
    expect(await flood(ledger, 100)).toBe(100);
    const error = await refusal(ledger);
    expect(error).toMatchObject({
      code: 'quota_exceeded',
      details: {
        platform,
        applied: 'no',
        retryAfterMs: 12 * 3_600_000,
        quota: {
          platform,
          meter: 'emails',
          window: 'day',
          limit: 100,
          used: 100,
          resetsAt: '2026-06-16T00:00:00.000Z',
        },
      },
    });
  });

  it('lets exactly 100 of 1,000 parallel calls from two processes leave, and 100 more when the window turns', async () => {
    const meters = [sum('emails', [perDay(100)])];
    const both = [process(meters), process(meters)];
    const round = async () => (await Promise.all(both.map((one) => flood(one, 500)))).reduce((a, b) => a + b);
    expect(await round()).toBe(100);
    clock.set('2026-06-15T23:59:59.999Z');
    expect(await round()).toBe(0);
    clock.advance(1);
    expect(await round()).toBe(100);
  });

  it('holds two windows together and nothing of a refused call', async () => {
    const ledger = process([sum('recipients', [perDay(100), perMonth(250)])]);
    expect(await flood(ledger, 30, { units: 4 })).toBe(25);
    clock.advance(86_400_000);
    expect(await flood(ledger, 3, { units: 50 })).toBe(2);
    clock.advance(86_400_000);
    expect((await refusal(ledger, { units: 51 })).details.quota).toMatchObject({
      window: 'month',
      used: 200,
    });
    expect(await flood(ledger, 1, { units: 50 })).toBe(1);
    // the refused call took nothing of the day either
    const [day, month] = await ledger.quotas();
    expect([day?.reserved, month?.reserved]).toEqual([50, 250]);
  });

  it('refuses what no window could ever hold', async () => {
    const ledger = process([sum('tokens', [inAll(10)])]);
    const error = await refusal(ledger, { units: 11 });
    expect(error.details.quota).toEqual({ platform, meter: 'tokens', window: 'all', limit: 10, used: 0 });
    expect(error.details.retryAfterMs).toBeUndefined();
  });

  it('slides: a unit is free again exactly when it is as old as the window', async () => {
    const ledger = process([sum('requests', [sliding(3, 10)])]);
    await reserve(ledger);
    clock.advance(4000);
    await reserve(ledger, { units: 2 });
    clock.advance(5999);
    const error = await refusal(ledger);
    expect(error.details).toMatchObject({ retryAfterMs: 1, quota: { resetsAt: '2026-06-15T12:00:10.000Z' } });
    expect((await refusal(ledger, { units: 2 })).details.retryAfterMs).toBe(4001);
    expect((await refusal(ledger, { units: 4 })).details.retryAfterMs).toBeUndefined();
    clock.advance(1);
    expect(await flood(ledger, 2)).toBe(1);
    clock.advance(3999);
    expect(await flood(ledger, 1)).toBe(0);
    clock.advance(1);
    expect(await flood(ledger, 5)).toBe(2);
  });

  it('counts different keys once a window', async () => {
    const ledger = process([distinct('users', [perMonth(3)])]);
    await reserve(ledger, { keys: ['ann', 'bob', 'ann'] });
    await reserve(ledger, { keys: ['ann'] });
    expect((await refusal(ledger, { keys: ['cid', 'dan'] })).details.quota).toMatchObject({ used: 2 });
    expect(await flood(ledger, 50, { keys: ['cid', 'bob'] })).toBe(50);
    await refusal(ledger, { keys: ['dan'] });
    clock.set('2026-07-01T00:00:00Z');
    await reserve(ledger, { keys: ['dan', 'eve', 'fay'] });
    const { rows } = await database.pool.query('select digest from socle.quota_key');
    expect(JSON.stringify(rows)).not.toContain('ann');
  });

  it('turns the day in the vendor’s time zone', async () => {
    clock.set('2026-03-29T21:59:59.999Z');
    const ledger = process([sum('emails', [perDay(1, 'Europe/Paris')])]);
    await reserve(ledger);
    expect((await refusal(ledger)).details.quota?.resetsAt).toBe('2026-03-29T22:00:00.000Z');
    clock.advance(1);
    await reserve(ledger);
  });

  it('needs no database where the plan has no meters', async () => {
    const none = { query: () => expect.unreachable(), transaction: () => expect.unreachable() };
    const ledger = createLedger({
      database: { sql: none, listen: database.listen },
      plans: () => plan([]),
      clock,
      log,
    });
    ledgers.push(ledger);
    const reservation = await reserve(ledger);
    await reservation.settle();
  });

  it('fails closed while the database is away', async () => {
    const away = { ...database.sql, query: () => Promise.reject(new SocleError('unavailable', 'away')) };
    const ledger = createLedger({
      database: { sql: away, listen: database.listen },
      plans: () => plan([sum('emails', [perDay(100)])]),
      clock,
      log,
    });
    ledgers.push(ledger);
    await expect(reserve(ledger)).rejects.toMatchObject({ code: 'unavailable', details: { applied: 'no' } });
  });
});

describe('settle and release', () => {
  it('corrects to the true units, fewer or more', async () => {
    const ledger = process([sum('tokens', [perDay(100)])]);
    const first = await reserve(ledger, { units: 60 });
    await refusal(ledger, { units: 60 });
    await first.settle({ tokens: 25.2 });
    const second = await reserve(ledger, { units: 60 });
    await second.settle({ tokens: 80 });
    expect((await refusal(ledger)).details.quota).toMatchObject({ used: 106 });
    await first.settle({ tokens: 0 });
    await first.release();
    await refusal(ledger);
  });

  it('gives released units back, but those of meters that count refusals', async () => {
    const ledger = process([
      sum('emails', [perDay(10)]),
      sum('requests', [perDay(20)], { countsRefusals: true }),
      sum('rate', [sliding(10, 60)]),
    ]);
    for (let round = 0; round < 2; round += 1) {
      const reservation = await reserve(ledger, { units: 10 });
      expect((await refusal(ledger)).details.quota?.meter).toBe('emails');
      await reservation.release();
    }
    expect((await refusal(ledger)).details.quota).toMatchObject({ meter: 'requests', used: 20 });
  });

  it('keeps counting when nobody settles', async () => {
    const ledger = process([sum('emails', [perDay(2)])]);
    await reserve(ledger);
    await reserve(ledger);
    await refusal(ledger);
  });

  it('corrects the window that was reserved, not the one that turned meanwhile', async () => {
    const ledger = process([sum('emails', [perDay(10), sliding(10, 60)])]);
    const [released, settled] = [await reserve(ledger, { units: 5 }), await reserve(ledger, { units: 5 })];
    clock.advance(86_400_000);
    await reserve(ledger, { units: 4 });
    await released.release();
    await settled.settle({ emails: 9 });
    const [day, minute] = await ledger.quotas();
    expect([day?.used, day?.reserved, minute?.used, minute?.reserved]).toEqual([0, 4, 0, 4]);
    expect(await flood(ledger, 10)).toBe(6);
  });

  it('keeps a key that another call has used', async () => {
    const ledger = process([distinct('users', [perMonth(2)])]);
    const [first, second] = [
      await reserve(ledger, { keys: ['ann', 'bob'] }),
      await reserve(ledger, { keys: ['ann'] }),
    ];
    await second.settle();
    await first.release();
    const third = await reserve(ledger, { keys: ['cid'] });
    await refusal(ledger, { keys: ['dan'] });
    await third.release();
    await reserve(ledger, { keys: ['dan'] });
    await refusal(ledger, { keys: ['cid'] });
  });

  it('counts units of a meter that the worst case did not foresee', async () => {
    const more = { count: () => 0 };
    const ledger = process([sum('calls', [perDay(10)]), sum('credits', [perDay(10), sliding(5, 60)], more)]);
    const reservation = await reserve(ledger);
    await reservation.settle({ credits: 3 });
    const rows = await ledger.quotas();
    expect(rows.map(({ meter, window, used }) => [meter, window, used])).toEqual([
      ['calls', 'day', 1],
      ['credits', 'day', 3],
      ['credits', 'sliding', 3],
    ]);
  });
});

describe('plans', () => {
  it('fails closed on an unknown plan, and on a stale one that bills or bans', async () => {
    const meters = [sum('emails', [perDay(10)])];
    await expect(process(meters).reserve(call('nobody'))).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('NOBODY_PLAN'),
    });
    for (const onExceed of ['bill', 'ban'] as const) {
      const ledger = process(meters, { checkedOn: '2026-06-01', maxAgeDays: 14, onExceed });
      await reserve(ledger);
      clock.advance(86_400_000);
      const error = await refusal(ledger);
      expect(error.code).toBe('misconfigured');
      expect(error.message).toMatch(/checked on 2026-06-01.*https:\/\/acme.test\/pricing.*checkedOn.*_PLAN/);
      clock.advance(-86_400_000);
    }
    await refusal(process(meters, { checkedOn: 'soon', onExceed: 'bill' }));
  });

  it('goes on with a stale plan where the vendor stops by itself, and says so', async () => {
    const ledger = process([sum('emails', [perDay(1)])], { checkedOn: '2020-01-01' });
    await reserve(ledger);
    await refusal(ledger);
    expect(log.lines.splice(0)).toEqual(['ledger: the plan is due to be checked again']);
  });

  it('keeps what was used when the plan changes', async () => {
    const ledger = process([sum('emails', [perDay(2)])]);
    expect(await flood(ledger, 3)).toBe(2);
    plans = { ...plans, [platform]: plan([sum('emails', [perDay(5)])], { id: 'pro' }) };
    expect(await flood(ledger, 5)).toBe(3);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])(
    'does not let a call leave that counts %s units',
    async (units) => {
      const error = await refusal(process([sum('emails', [perDay(2)])]), { units });
      expect(error.code).toBe('misconfigured');
    },
  );
});

describe('warnings', () => {
  it('tells 80 % and 95 % once a window, whichever process crosses', async () => {
    const meters = [sum('emails', [perDay(100), limit('second', 1000, { kind: 'fixed', seconds: 1 })])];
    const both = [process(meters), process(meters)] as const;
    expect(await flood(both[0], 79)).toBe(79);
    expect(warned).toEqual([]);
    await Promise.all([flood(both[0], 3), flood(both[1], 3)]);
    expect(warned).toMatchObject([{ platform, meter: 'emails', window: 'day', level: 80, max: 100 }]);
    await Promise.all([flood(both[0], 30), flood(both[1], 30)]);
    expect(warned).toMatchObject([{ level: 80 }, { level: 95, resetsAt: '2026-06-16T00:00:00.000Z' }]);
    clock.advance(86_400_000);
    await flood(both[1], 200);
    expect(warned).toMatchObject([{ level: 80 }, { level: 95 }, { level: 80 }, { level: 95 }]);
    expect(new Set(warned.map((one) => (one as { id: string }).id)).size).toBe(4);
  });
});

describe('quotas', () => {
  it('tells what is used, held and when the wall comes', async () => {
    clock.set('2026-06-15T00:00:00Z');
    const ledger = process([sum('emails', [perDay(100)])]);
    for (let hour = 0; hour < 12; hour += 1) {
      for (let one = 0; one < 5; one += 1) await (await reserve(ledger)).settle();
      clock.advance(3_600_000);
    }
    await reserve(ledger);
    const [row] = await ledger.quotas();
    expect(row).toMatchObject({
      platform,
      plan: 'free',
      meter: 'emails',
      window: 'day',
      max: 100,
      used: 60,
      reserved: 1,
    });
    expect(row?.resetsAt).toBe('2026-06-16T00:00:00.000Z');
    // five an hour leave 39 for almost eight hours
    expect(row?.wallAt).toMatch(/^2026-06-15T(19|20):/);
    clock.advance(86_400_000);
    expect((await ledger.quotas())[0]).toMatchObject({ used: 0, reserved: 0, wallAt: null });
  });

  it('lists limits that were never touched, and forgets slid units without being called', async () => {
    const ledger = process([sum('emails', [perMonth(10), sliding(5, 60)])]);
    expect(await ledger.quotas([platform])).toMatchObject([{ used: 0, wallAt: null }, { used: 0 }]);
    await (await reserve(ledger)).settle();
    clock.advance(60_000);
    expect(await ledger.quotas([platform])).toMatchObject([
      { used: 1 },
      { used: 0, reserved: 0, resetsAt: null },
    ]);
  });
});
