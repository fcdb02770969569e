import { type Limit, type Plan, readRetryAfterMs } from '@socle/kernel';

/** What a vendor said of its own counters. */
export type VendorSignal =
  | {
      readonly meter: string;
      readonly limit: string;
      /** Units that may still leave, by the vendor's count. */
      readonly remaining: number;
      readonly resetsAt?: Date;
    }
  /** Not before this, whatever the meters say. */
  | { readonly retryAfterMs: number };

export interface VendorResponse {
  readonly headers: Headers;
  readonly status: number;
  readonly now: number;
}

/** Statuses whose `Retry-After` is about limits: 503 says so too, a redirect does not (RFC 9110 §10.2.3). */
const LIMITED: ReadonlySet<number> = new Set([420, 429, 503]);

/** One family of `…ratelimit-…` headers: those with the same name. */
interface Reading {
  /** `requests` of `x-ratelimit-remaining-requests`; absent when the vendor names none. */
  name?: string;
  max?: number;
  remaining?: number;
  windowSeconds?: number;
  resetsMs?: number;
}

/**
 * Reads `ratelimit-*`, `x-ratelimit-*` and their vendor prefixes, the structured `RateLimit` field of the IETF
 * draft, and `Retry-After`. A family that fits no limit of the plan, or several, says nothing.
 */
export function readSignals(plan: Plan, { headers, status, now }: VendorResponse): readonly VendorSignal[] {
  const signals: VendorSignal[] = [];
  for (const reading of [...readFamilies(headers, now), ...readStructured(headers, now)]) {
    const found = findLimit(plan, reading);
    if (!found || reading.remaining === undefined) continue;
    const resetsAt = reading.resetsMs === undefined ? {} : { resetsAt: new Date(reading.resetsMs) };
    signals.push({ ...found, remaining: reading.remaining, ...resetsAt });
  }
  const retryAfterMs = LIMITED.has(status) ? readRetryAfterMs(headers, now) : undefined;
  if (retryAfterMs) signals.push({ retryAfterMs });
  return signals;
}

function readFamilies(headers: Headers, now: number): readonly Reading[] {
  const families = new Map<string, Reading>();
  for (const [header, value] of headers) {
    const rest = /^(?:[a-z-]+-)?(?:feature)?rate-?limit-(.+)$/.exec(header)?.[1]?.split('-');
    const field = rest?.find((part) => part === 'limit' || part === 'remaining' || part === 'reset');
    if (!rest || !field) continue;
    const name = rest.filter((part) => part !== field).join('-');
    const reading = families.get(name) ?? (name ? { name } : {});
    families.set(name, reading);
    if (field === 'reset') assign(reading, 'resetsMs', readReset(value, now));
    else assign(reading, field === 'limit' ? 'max' : 'remaining', readNumber(value));
  }
  const plain = families.get('');
  // `RateLimit-Policy: 10;w=1` beside the plain family says which window it is about
  if (plain) assign(plain, 'windowSeconds', parameter(headers.get('ratelimit-policy') ?? '', 'w'));
  return [...families.values()];
}

/** `RateLimit: "api";r=50;t=30` with `RateLimit-Policy: "api";q=100;w=60`, and the older `limit=, remaining=, reset=`. */
function readStructured(headers: Headers, now: number): readonly Reading[] {
  const value = headers.get('ratelimit');
  if (!value) return [];
  const policies = (headers.get('ratelimit-policy') ?? '').split(',').map((one) => one.trim());
  const entries = /\bremaining=/.test(value) ? [value.replaceAll(',', ';')] : value.split(',');
  return entries.map((entry) => {
    const label = entry.trim().split(';')[0];
    const policy = policies.find((one) => one.split(';')[0] === label) ?? '';
    const reading: Reading = {};
    assign(reading, 'remaining', parameter(entry, 'r') ?? parameter(entry, 'remaining'));
    assign(reading, 'max', parameter(policy, 'q') ?? parameter(entry, 'limit'));
    assign(reading, 'windowSeconds', parameter(policy, 'w'));
    const seconds = parameter(entry, 't') ?? parameter(entry, 'reset');
    if (seconds !== undefined) reading.resetsMs = now + seconds * 1000;
    return reading;
  });
}

function assign<Key extends keyof Reading>(
  reading: Reading,
  key: Key,
  value: Reading[Key] | undefined,
): void {
  if (value !== undefined) reading[key] = value;
}

function parameter(text: string, name: string): number | undefined {
  const value = new RegExp(`(?:^|[;\\s])${name}=(\\d+)`).exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}

/** The first number: some vendors write `100, 100;w=60`. */
function readNumber(value: string): number | undefined {
  const number = Number.parseFloat(value);
  return Number.isFinite(number) && number >= 0 ? Math.floor(number) : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const EPOCH_SECONDS = 1e9;
const EPOCH_MS = 1e12;

/** Seconds from now, an epoch in seconds or milliseconds, a duration such as `6m0s`, or a date. */
function readReset(value: string, now: number): number | undefined {
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text);
    if (number >= EPOCH_MS) return number;
    return number >= EPOCH_SECONDS ? number * 1000 : now + number * 1000;
  }
  if (/^(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) {
    const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g);
    return [...parts].reduce(
      (sum, [, number, unit = '']) => sum + Number(number) * (UNIT_MS[unit] ?? 0),
      now,
    );
  }
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date;
}

/** The one limit that a reading can be about. */
function findLimit(
  plan: Plan,
  { name, max, windowSeconds }: Reading,
): { meter: string; limit: string } | undefined {
  const all = plan.meters.flatMap((meter) =>
    meter.limits.map((limit) => ({ meter: meter.id, limit: limit.id, rule: limit })),
  );
  const candidates = all.filter(
    ({ meter, limit, rule }) =>
      (name === undefined || name === meter || name === limit) &&
      (windowSeconds === undefined || windowSeconds === secondsOf(rule)),
  );
  const exact = candidates.filter(({ rule }) => rule.max === max);
  const [found, another] = exact.length === 1 ? exact : candidates;
  return found && !another ? { meter: found.meter, limit: found.limit } : undefined;
}

function secondsOf({ window }: Limit): number | undefined {
  if (window.kind === 'fixed' || window.kind === 'rolling') return window.seconds;
  if (window.kind === 'total') return undefined;
  return { hour: 3600, day: 86_400, month: undefined }[window.unit];
}
