import { fileURLToPath } from 'node:url';
import type { Clock, Guard, Log, Plan } from '@socle/kernel';
import type { Database } from '@socle/service-database';
import { type Account, createAccount } from './account.ts';
import type { Warning } from './lane.ts';
import { assertUsable, isStale, readPlan } from './plan.ts';
import { type QuotaRow, readQuotas } from './quotas.ts';
import { readSignals, type VendorResponse, type VendorSignal } from './signals.ts';

/** Data of the event `quota.warned`: a window has come to `level` percent of its limit, told once. */
export interface QuotaWarned {
  /** The same for the same crossing. */
  readonly id: string;
  readonly platform: string;
  readonly meter: string;
  readonly window: string;
  readonly level: 80 | 95;
  readonly max: number;
  readonly used: number;
  readonly resetsAt: string | null;
}

export interface LedgerOptions {
  readonly database: Pick<Database, 'sql' | 'listen'>;
  /** The plan in force; undefined when nobody knows it, and then nothing leaves. */
  plans(platformId: string): Plan | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Told each crossing once, whichever process caused it. */
  emit?(type: 'quota.warned', data: QuotaWarned): void | Promise<void>;
}

export interface Ledger extends Guard {
  /** Every limit of these platforms' plans (default: of those that this process has called). */
  quotas(platformIds?: readonly string[]): Promise<readonly QuotaRow[]>;
  /** What a vendor said of its own counters: makes less remain, never more. Never rejects. */
  observe(platformId: string, signals: readonly VendorSignal[]): Promise<void>;
  /** The same, read out of an answer's headers: what egress's `onResponse` is wired to. */
  observeResponse(platformId: string, response: Omit<VendorResponse, 'now'>): Promise<void>;
  /** Gives unused units back and ends. */
  close(): Promise<void>;
}

export const ledgerMigrations = {
  owner: 'ledger',
  dir: fileURLToPath(new URL('./schema', import.meta.url)),
} as const;

const UPKEEP_MS = 2000;
const PRUNE_MS = 600_000;

/** The durable record of reserved and used units: no call leaves beyond its platform's plan. */
export function createLedger(options: LedgerOptions): Ledger {
  const { database, plans, clock, log } = options;
  const accounts = new Map<string, Account>();
  const leaving = new Set<Promise<void>>();
  const now = (): number => clock.now().getTime();

  const accountOf = (platformId: string): Account => {
    const plan = plans(platformId);
    const known = accounts.get(platformId);
    assertUsable(platformId, plan, now());
    if (known?.rules.plan === plan) return known;
    const account = createAccount({
      platform: platformId,
      rules: readPlan(platformId, plan),
      sql: database.sql,
      clock,
      log,
      onWarning: (warning) => warn(platformId, warning),
    });
    if (isStale(plan, now())) {
      log.warn(
        { platform: platformId, plan: plan.id, source: plan.source },
        'ledger: the plan is due to be checked again',
      );
    }
    accounts.set(platformId, account);
    if (known) {
      const left: Promise<void> = known.close().finally(() => leaving.delete(left));
      leaving.add(left);
    }
    return account;
  };

  const warn = (platform: string, { counter, level, used }: Warning): void => {
    const { meter, limit, max } = counter.rule;
    const { key, endsMs } = counter.period;
    const data: QuotaWarned = {
      id: [platform, meter.id, limit.id, key, level].join(' '),
      platform,
      meter: meter.id,
      window: limit.id,
      level,
      max,
      used,
      resetsAt: Number.isFinite(endsMs) ? new Date(endsMs).toISOString() : null,
    };
    const tell = async (): Promise<void> => options.emit?.('quota.warned', data);
    tell().catch((error: unknown) => log.error({ platform, err: error }, 'ledger: a quota warning was lost'));
  };

  const listening = database
    .listen(
      'socle_quota',
      (payload) => hear(accounts, payload),
      () => recallAll(accounts),
    )
    .catch((error: unknown) => {
      log.warn({ err: error }, 'ledger: cannot hear recalls; unused units are given back by upkeep alone');
      return async () => undefined;
    });

  let prunedAt = performance.now();
  const upkeep = setInterval(() => {
    for (const account of accounts.values()) account.upkeep();
    if (performance.now() - prunedAt < PRUNE_MS) return;
    prunedAt = performance.now();
    database.sql
      .query('select socle.quota_prune($1)', [now()])
      .catch((error: unknown) => log.warn({ err: error }, 'ledger: old windows were not removed'));
  }, UPKEEP_MS).unref();

  const observe: Ledger['observe'] = async (platformId, signals) => {
    if (signals.length === 0) return;
    try {
      await accountOf(platformId).observe(signals);
    } catch (error) {
      log.warn({ platform: platformId, err: error }, 'ledger: a vendor signal was not counted');
    }
  };

  return {
    // async: a plan that cannot be used rejects like a full one
    reserve: async (call) => accountOf(call.platform).reserve(call),
    observe,
    async observeResponse(platformId, response) {
      const plan = plans(platformId);
      if (plan) await observe(platformId, readSignals(plan, { ...response, now: now() }));
    },
    async quotas(platformIds = [...accounts.keys()]) {
      await Promise.all([...accounts.values()].map((account) => account.flush()));
      const read = platformIds.flatMap((platform) => {
        const plan = plans(platform);
        if (!plan) return [];
        const known = accounts.get(platform)?.rules;
        return [{ platform, rules: known?.plan === plan ? known : readPlan(platform, plan) }];
      });
      return readQuotas(database.sql, read, now());
    },
    async close() {
      clearInterval(upkeep);
      const unlisten = await listening;
      await Promise.all([...[...accounts.values()].map((account) => account.close()), ...leaving]);
      await unlisten();
    },
  };
}

function hear(accounts: ReadonlyMap<string, Account>, payload: string): void {
  const notice: unknown = JSON.parse(payload);
  const { platform, recall, pausedUntil } = notice as {
    platform: string;
    recall?: { meter: string; limit: string; period: string };
    pausedUntil?: number;
  };
  const account = accounts.get(platform);
  if (recall) account?.recall(recall);
  if (pausedUntil) account?.pause(pausedUntil);
}

function recallAll(accounts: ReadonlyMap<string, Account>): void {
  for (const account of accounts.values()) account.recallAll();
}
