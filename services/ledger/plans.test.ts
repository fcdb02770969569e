import { describe, expect, it } from 'vitest';
import { useLedgers } from './testing/harness.ts';
import { call, limit, perDay, perMonth, plan, sliding, sum } from './testing/plans.ts';

const ledgers = useLedgers();

describe('plans', () => {
  it('fails closed on an unknown plan, and on a stale one that bills or bans', async () => {
    const meters = [sum('emails', [perDay(10)])];
    await expect(ledgers.start(meters).reserve(call('nobody'))).rejects.toMatchObject({
      code: 'misconfigured',
      message: expect.stringContaining('NOBODY_PLAN'),
    });
    for (const onExceed of ['bill', 'ban'] as const) {
      const ledger = ledgers.start(meters, { checkedOn: '2026-06-01', maxAgeDays: 14, onExceed });
      await ledgers.reserve(ledger);
      ledgers.clock.advance(86_400_000);
      const error = await ledgers.refusal(ledger);
      expect(error.code).toBe('misconfigured');
      expect(error.message).toMatch(/checked on 2026-06-01.*https:\/\/acme.test\/pricing.*checkedOn.*_PLAN/);
      ledgers.clock.advance(-86_400_000);
    }
    await ledgers.refusal(ledgers.start(meters, { checkedOn: 'soon', onExceed: 'bill' }));
  });

  it('goes on with a stale plan where the vendor stops by itself, and says so', async () => {
    const ledger = ledgers.start([sum('emails', [perDay(1)])], { checkedOn: '2020-01-01' });
    await ledgers.reserve(ledger);
    await ledgers.refusal(ledger);
    expect(ledgers.lines.splice(0)).toEqual(['ledger: the plan is due to be checked again']);
  });

  it('keeps what was used when the plan changes', async () => {
    const ledger = ledgers.start([sum('emails', [perDay(2)])]);
    expect(await ledgers.flood(ledger, 3)).toBe(2);
    ledgers.setPlan(plan([sum('emails', [perDay(5)])], { id: 'pro' }));
    expect(await ledgers.flood(ledger, 5)).toBe(3);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])(
    'does not let a call leave that counts %s units',
    async (units) => {
      const error = await ledgers.refusal(ledgers.start([sum('emails', [perDay(2)])]), { units });
      expect(error.code).toBe('misconfigured');
    },
  );
});

describe('warnings', () => {
  it('tells 80 % and 95 % once a window, whichever process crosses', async () => {
    const meters = [sum('emails', [perDay(100), limit('second', 1000, { kind: 'fixed', seconds: 1 })])];
    const both = [ledgers.start(meters), ledgers.start(meters)] as const;
    expect(await ledgers.flood(both[0], 79)).toBe(79);
    expect(ledgers.warned).toEqual([]);
    await Promise.all([ledgers.flood(both[0], 3), ledgers.flood(both[1], 3)]);
    expect(ledgers.warned).toMatchObject([
      { platform: ledgers.platform, meter: 'emails', window: 'day', level: 80, max: 100 },
    ]);
    await Promise.all([ledgers.flood(both[0], 30), ledgers.flood(both[1], 30)]);
    expect(ledgers.warned).toMatchObject([
      { level: 80 },
      { level: 95, resetsAt: '2026-06-16T00:00:00.000Z' },
    ]);
    ledgers.clock.advance(86_400_000);
    await ledgers.flood(both[1], 200);
    expect(ledgers.warned).toMatchObject([{ level: 80 }, { level: 95 }, { level: 80 }, { level: 95 }]);
    expect(new Set(ledgers.warned.map((one) => (one as { id: string }).id)).size).toBe(4);
  });
});

describe('quotas', () => {
  it('tells what is used, held and when the wall comes', async () => {
    ledgers.clock.set('2026-06-15T00:00:00Z');
    const ledger = ledgers.start([sum('emails', [perDay(100)])]);
    for (let hour = 0; hour < 12; hour += 1) {
      for (let one = 0; one < 5; one += 1) await (await ledgers.reserve(ledger)).settle();
      ledgers.clock.advance(3_600_000);
    }
    await ledgers.reserve(ledger);
    const [row] = await ledger.quotas();
    expect(row).toMatchObject({
      platform: ledgers.platform,
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
    ledgers.clock.advance(86_400_000);
    expect((await ledger.quotas())[0]).toMatchObject({ used: 0, reserved: 0, wallAt: null });
  });

  it('lists limits that were never touched, and forgets slid units without being called', async () => {
    const ledger = ledgers.start([sum('emails', [perMonth(10), sliding(5, 60)])]);
    expect(await ledger.quotas([ledgers.platform])).toMatchObject([{ used: 0, wallAt: null }, { used: 0 }]);
    await (await ledgers.reserve(ledger)).settle();
    ledgers.clock.advance(60_000);
    expect(await ledger.quotas([ledgers.platform])).toMatchObject([
      { used: 1 },
      { used: 0, reserved: 0, resetsAt: null },
    ]);
  });
});
