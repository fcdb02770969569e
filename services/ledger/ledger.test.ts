import { SocleError } from '@socle/kernel';
import { quiet } from '@socle/service-database/testing';
import { describe, expect, it } from 'vitest';
import { createLedger } from './ledger.ts';
import { useLedgers } from './testing/harness.ts';
import { distinct, inAll, perDay, perMonth, plan, sliding, sum } from './testing/plans.ts';

const ledgers = useLedgers();

describe('reserve', () => {
  it('lets the 100th of 100 leave and refuses the 101st, saying which wall and until when', async () => {
    const ledger = ledgers.start([sum('emails', [perDay(100)])]);
    expect(await ledgers.flood(ledger, 100)).toBe(100);
    const error = await ledgers.refusal(ledger);
    expect(error).toMatchObject({
      code: 'quota_exceeded',
      details: {
        platform: ledgers.platform,
        applied: 'no',
        retryAfterMs: 12 * 3_600_000,
        quota: {
          platform: ledgers.platform,
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
    const both = [ledgers.start(meters), ledgers.start(meters)];
    const round = async () =>
      (await Promise.all(both.map((one) => ledgers.flood(one, 500)))).reduce((a, b) => a + b);
    expect(await round()).toBe(100);
    ledgers.clock.set('2026-06-15T23:59:59.999Z');
    expect(await round()).toBe(0);
    ledgers.clock.advance(1);
    expect(await round()).toBe(100);
  });

  it('holds two windows together and nothing of a refused call', async () => {
    const ledger = ledgers.start([sum('recipients', [perDay(100), perMonth(250)])]);
    expect(await ledgers.flood(ledger, 30, { units: 4 })).toBe(25);
    ledgers.clock.advance(86_400_000);
    expect(await ledgers.flood(ledger, 3, { units: 50 })).toBe(2);
    ledgers.clock.advance(86_400_000);
    expect((await ledgers.refusal(ledger, { units: 51 })).details.quota).toMatchObject({
      window: 'month',
      used: 200,
    });
    expect(await ledgers.flood(ledger, 1, { units: 50 })).toBe(1);
    // the refused call took nothing of the day either
    const [day, month] = await ledger.quotas();
    expect([day?.reserved, month?.reserved]).toEqual([50, 250]);
  });

  it('refuses what no window could ever hold', async () => {
    const ledger = ledgers.start([sum('tokens', [inAll(10)])]);
    const error = await ledgers.refusal(ledger, { units: 11 });
    expect(error.details.quota).toEqual({
      platform: ledgers.platform,
      meter: 'tokens',
      window: 'all',
      limit: 10,
      used: 0,
    });
    expect(error.details.retryAfterMs).toBeUndefined();
  });

  it('offers no waiting to a call that is larger than the window, however often it turns', async () => {
    const ledger = ledgers.start([sum('recipients', [perDay(10), perMonth(100)])]);
    const { message, details } = await ledgers.refusal(ledger, { units: 11 });
    expect(message).toContain('split it');
    expect([details.retryAfterMs, details.quota?.resetsAt]).toEqual([undefined, undefined]);
  });

  it('slides: a unit is free again exactly when it is as old as the window', async () => {
    const ledger = ledgers.start([sum('requests', [sliding(3, 10)])]);
    await ledgers.reserve(ledger);
    ledgers.clock.advance(4000);
    await ledgers.reserve(ledger, { units: 2 });
    ledgers.clock.advance(5999);
    const error = await ledgers.refusal(ledger);
    expect(error.details).toMatchObject({ retryAfterMs: 1, quota: { resetsAt: '2026-06-15T12:00:10.000Z' } });
    expect((await ledgers.refusal(ledger, { units: 2 })).details.retryAfterMs).toBe(4001);
    expect((await ledgers.refusal(ledger, { units: 4 })).details.retryAfterMs).toBeUndefined();
    ledgers.clock.advance(1);
    expect(await ledgers.flood(ledger, 2)).toBe(1);
    ledgers.clock.advance(3999);
    expect(await ledgers.flood(ledger, 1)).toBe(0);
    ledgers.clock.advance(1);
    expect(await ledgers.flood(ledger, 5)).toBe(2);
  });

  it('counts different keys once a window', async () => {
    const ledger = ledgers.start([distinct('users', [perMonth(3)])]);
    await ledgers.reserve(ledger, { keys: ['ann', 'bob', 'ann'] });
    await ledgers.reserve(ledger, { keys: ['ann'] });
    expect((await ledgers.refusal(ledger, { keys: ['cid', 'dan'] })).details.quota).toMatchObject({
      used: 2,
    });
    expect(await ledgers.flood(ledger, 50, { keys: ['cid', 'bob'] })).toBe(50);
    await ledgers.refusal(ledger, { keys: ['dan'] });
    ledgers.clock.set('2026-07-01T00:00:00Z');
    await ledgers.reserve(ledger, { keys: ['dan', 'eve', 'fay'] });
    const { rows } = await ledgers.database.pool.query('select digest from socle.quota_key');
    expect(JSON.stringify(rows)).not.toContain('ann');
  });

  it('turns the day in the vendor’s time zone', async () => {
    ledgers.clock.set('2026-03-29T21:59:59.999Z');
    const ledger = ledgers.start([sum('emails', [perDay(1, 'Europe/Paris')])]);
    await ledgers.reserve(ledger);
    expect((await ledgers.refusal(ledger)).details.quota?.resetsAt).toBe('2026-03-29T22:00:00.000Z');
    ledgers.clock.advance(1);
    await ledgers.reserve(ledger);
  });

  it('needs no database where the plan has no meters', async () => {
    const none = { query: () => expect.unreachable(), transaction: () => expect.unreachable() };
    const ledger = createLedger({
      database: { sql: none, listen: ledgers.database.listen },
      plans: () => plan([]),
      clock: ledgers.clock,
      log: quiet,
    });
    ledgers.keep(ledger);
    const reservation = await ledgers.reserve(ledger);
    await reservation.settle();
  });

  it('fails closed while the database is away', async () => {
    const away = {
      ...ledgers.database.sql,
      query: () => Promise.reject(new SocleError('unavailable', 'away')),
    };
    const ledger = createLedger({
      database: { sql: away, listen: ledgers.database.listen },
      plans: () => plan([sum('emails', [perDay(100)])]),
      clock: ledgers.clock,
      log: quiet,
    });
    ledgers.keep(ledger);
    await expect(ledgers.reserve(ledger)).rejects.toMatchObject({
      code: 'unavailable',
      details: { applied: 'no' },
    });
  });
});

describe('settle and release', () => {
  it('corrects to the true units, fewer or more', async () => {
    const ledger = ledgers.start([sum('tokens', [perDay(100)])]);
    const first = await ledgers.reserve(ledger, { units: 60 });
    await ledgers.refusal(ledger, { units: 60 });
    await first.settle({ tokens: 25.2 });
    const second = await ledgers.reserve(ledger, { units: 60 });
    await second.settle({ tokens: 80 });
    expect((await ledgers.refusal(ledger)).details.quota).toMatchObject({ used: 106 });
    await first.settle({ tokens: 0 });
    await first.release();
    await ledgers.refusal(ledger);
  });

  it('gives released units back, but those of meters that count refusals', async () => {
    const ledger = ledgers.start([
      sum('emails', [perDay(10)]),
      sum('requests', [perDay(20)], { countsRefusals: true }),
      sum('rate', [sliding(10, 60)]),
    ]);
    for (let round = 0; round < 2; round += 1) {
      const reservation = await ledgers.reserve(ledger, { units: 10 });
      expect((await ledgers.refusal(ledger)).details.quota?.meter).toBe('emails');
      await reservation.release();
    }
    expect((await ledgers.refusal(ledger)).details.quota).toMatchObject({ meter: 'requests', used: 20 });
  });

  it('keeps counting when nobody settles', async () => {
    const ledger = ledgers.start([sum('emails', [perDay(2)])]);
    await ledgers.reserve(ledger);
    await ledgers.reserve(ledger);
    await ledgers.refusal(ledger);
  });

  it('corrects the window that was reserved, not the one that turned meanwhile', async () => {
    const ledger = ledgers.start([sum('emails', [perDay(10), sliding(10, 60)])]);
    const [released, settled] = [
      await ledgers.reserve(ledger, { units: 5 }),
      await ledgers.reserve(ledger, { units: 5 }),
    ];
    ledgers.clock.advance(86_400_000);
    await ledgers.reserve(ledger, { units: 4 });
    await released.release();
    await settled.settle({ emails: 9 });
    const [day, minute] = await ledger.quotas();
    expect([day?.used, day?.reserved, minute?.used, minute?.reserved]).toEqual([0, 4, 0, 4]);
    expect(await ledgers.flood(ledger, 10)).toBe(6);
  });

  it('keeps a key that another call has used', async () => {
    const ledger = ledgers.start([distinct('users', [perMonth(2)])]);
    const [first, second] = [
      await ledgers.reserve(ledger, { keys: ['ann', 'bob'] }),
      await ledgers.reserve(ledger, { keys: ['ann'] }),
    ];
    await second.settle();
    await first.release();
    const third = await ledgers.reserve(ledger, { keys: ['cid'] });
    await ledgers.refusal(ledger, { keys: ['dan'] });
    await ledgers.reserve(ledger, { keys: ['ann'] });
    await third.release();
    await ledgers.reserve(ledger, { keys: ['dan'] });
    await ledgers.refusal(ledger, { keys: ['cid'] });
  });

  it('counts units of a meter that the worst case did not foresee', async () => {
    const more = { count: () => 0 };
    const ledger = ledgers.start([
      sum('calls', [perDay(10)]),
      sum('credits', [perDay(10), sliding(5, 60)], more),
    ]);
    const reservation = await ledgers.reserve(ledger);
    await reservation.settle({ credits: 3 });
    const rows = await ledger.quotas();
    expect(rows.map(({ meter, window, used }) => [meter, window, used])).toEqual([
      ['calls', 'day', 1],
      ['credits', 'day', 3],
      ['credits', 'sliding', 3],
    ]);
  });
});
