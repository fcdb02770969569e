import type { Plan, Reservation, SocleError } from '@socle/kernel';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { createLedger, type Ledger, ledgerMigrations, type QuotaWarned } from '../ledger.ts';
import { call, type FakeClock, fakeClock, keptLog, plan } from './plans.ts';

export interface Harness {
  readonly database: TestDatabase;
  readonly clock: FakeClock;
  /** Another one for each test. */
  readonly platform: string;
  /** Log lines; a test that leaves one here fails. */
  readonly lines: string[];
  readonly warned: QuotaWarned[];
  /** One process's ledger on the plan of this test's platform. */
  start(meters: Plan['meters'], more?: Partial<Plan>): Ledger;
  /** Puts another plan in force, for all processes. */
  setPlan(plan: Plan): void;
  /** Has it closed after the test. */
  keep(ledger: Ledger): Ledger;
  reserve(ledger: Ledger, input?: unknown): Promise<Reservation>;
  /** How many of `count` calls at once are let through; the others must be refused for the quota. */
  flood(ledger: Ledger, count: number, input?: unknown): Promise<number>;
  refusal(ledger: Ledger, input?: unknown): Promise<SocleError>;
}

/** Registers the hooks of a test file on the ledger. */
export function useLedgers(): Harness {
  let database: TestDatabase;
  let clock: FakeClock;
  let serial = 0;
  let log = keptLog();
  const plans = new Map<string, Plan>();
  const ledgers: Ledger[] = [];
  const warned: QuotaWarned[] = [];

  beforeAll(async () => {
    database = await createTestDatabase({ migrations: [ledgerMigrations] });
  });
  afterAll(() => database.drop());
  beforeEach(() => {
    clock = fakeClock('2026-06-15T12:00:00Z');
    serial += 1;
    log = keptLog();
    warned.length = 0;
  });
  afterEach(async () => {
    await Promise.all(ledgers.splice(0).map((one) => one.close()));
    expect(log.lines).toEqual([]);
  });

  const harness: Harness = {
    get database() {
      return database;
    },
    get clock() {
      return clock;
    },
    get platform() {
      return `acme-${serial}`;
    },
    get lines() {
      return log.lines;
    },
    warned,
    start(meters, more = {}) {
      harness.setPlan(plan(meters, more));
      const emit = (_type: string, data: QuotaWarned): void => void warned.push(data);
      return harness.keep(createLedger({ database, plans: (id) => plans.get(id), clock, log, emit }));
    },
    setPlan: (next) => void plans.set(harness.platform, next),
    keep(ledger) {
      ledgers.push(ledger);
      return ledger;
    },
    reserve: (ledger, input = {}) => ledger.reserve(call(harness.platform, input)),
    async flood(ledger, count, input) {
      const calls = Array.from({ length: count }, () => harness.reserve(ledger, input));
      const results = await Promise.allSettled(calls);
      for (const one of results) {
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'quota_exceeded' });
      }
      return results.filter((one) => one.status === 'fulfilled').length;
    },
    refusal: (ledger, input) =>
      harness.reserve(ledger, input).then(
        () => expect.unreachable('was not refused'),
        (error: SocleError) => error,
      ),
  };
  return harness;
}
