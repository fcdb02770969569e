import type { Plan, Sql, Text } from '@socle/kernel';
import { markDistance, wallAt } from './forecast.ts';
import { isStale, type Rules } from './plan.ts';

/** One limit of a platform's plan and how far it is spent. */
export interface QuotaRow {
  readonly platform: string;
  readonly plan: string;
  readonly onExceed: Plan['onExceed'];
  readonly source: string;
  readonly checkedOn: string;
  readonly stale: boolean;
  readonly meter: string;
  readonly title: Text;
  readonly unit: Text;
  readonly window: string;
  readonly max: number;
  readonly used: number;
  /** Held for calls under way and of processes that died, and leased to other processes. */
  readonly reserved: number;
  readonly resetsAt: string | null;
  /** When the wall is hit at the present pace; null when it is not hit before the reset. */
  readonly wallAt: string | null;
}

interface Stored {
  readonly ord: number;
  readonly used: number;
  readonly reserved: number;
  readonly past_at: number;
  readonly past_units: number;
}

/** A rolling window counts what its slots hold now; the counter itself forgets only when it is asked. */
const READ = `
  select w.ord::int as ord, q.past_at::float8 as past_at, q.past_units::float8 as past_units,
    case when w."rollingMs" is null then q.used + q.elsewhere else s.used end::float8 as used,
    case when w."rollingMs" is null then q.held + q.leased else s.held end::float8 as reserved
  from jsonb_to_recordset($1::jsonb) as w(
    ord int, platform text, meter text, "limit" text, period text, "rollingMs" bigint)
  join socle.quota_counter q
    on q.platform = w.platform and q.meter = w.meter and q.limit_id = w."limit" and q.period = w.period
  cross join lateral (
    select coalesce(sum(l.used), 0) as used, coalesce(sum(l.held), 0) as held from socle.quota_slot l
    where w."rollingMs" is not null and l.counter_id = q.id and l.at_ms > $2::bigint - w."rollingMs") s`;

export async function readQuotas(
  sql: Sql,
  known: readonly { readonly platform: string; readonly rules: Rules }[],
  now: number,
): Promise<readonly QuotaRow[]> {
  const wanted = known.flatMap(({ platform, rules }) =>
    rules.limits.map((rule) => ({ platform, rules, rule })),
  );
  const keys = wanted.map(({ platform, rule }, ord) => ({
    ord,
    platform,
    meter: rule.meter.id,
    limit: rule.limit.id,
    period: rule.periodAt(now).key,
    rollingMs: rule.rollingMs,
  }));
  const rows = keys.length > 0 ? await sql.query<Stored>(READ, [JSON.stringify(keys), now]) : [];
  const stored = new Map(rows.map((row) => [row.ord, row]));
  return wanted.map(({ platform, rules: { plan }, rule }, ord) => {
    const { used, reserved, past_at, past_units } = stored.get(ord) ?? {
      used: 0,
      reserved: 0,
      past_at: now,
      past_units: 0,
    };
    const { startsMs, endsMs } = rule.periodAt(now);
    const wall =
      rule.rollingMs === null
        ? wallAt({
            now,
            max: rule.max,
            total: used + reserved,
            pastMs: past_at,
            pastUnits: past_units,
            markMs: markDistance(startsMs, endsMs),
            endsMs,
          })
        : null;
    return {
      platform,
      plan: plan.id,
      onExceed: plan.onExceed,
      source: plan.source,
      checkedOn: plan.checkedOn,
      stale: isStale(plan, now),
      meter: rule.meter.id,
      title: rule.meter.title,
      unit: rule.meter.unit,
      window: rule.limit.id,
      max: rule.max,
      used,
      reserved,
      resetsAt: Number.isFinite(endsMs) ? new Date(endsMs).toISOString() : null,
      wallAt: wall === null ? null : new Date(wall).toISOString(),
    };
  });
}
