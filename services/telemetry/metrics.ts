import type { CallRecord } from '@socle/kernel';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface QuotaSample {
  readonly platform: string;
  readonly meter: string;
  readonly window: string;
  readonly used: number;
  readonly max: number;
}

/** What is counted elsewhere, asked when somebody looks. */
export interface Samples {
  quotas(): Promise<readonly QuotaSample[]>;
  /** flow → state → runs */
  runs(): Promise<readonly { readonly flow: string; readonly state: string; readonly count: number }[]>;
}

export interface Metrics {
  call(record: CallRecord): void;
  delivery(platform: string, outcome: string): void;
  /** Prometheus text. */
  text(samples?: Samples): Promise<string>;
}

export function createMetrics(): Metrics {
  const registers = [new Registry()];
  const registry = registers[0] as Registry;
  collectDefaultMetrics({ register: registry });
  const calls = new Counter({
    name: 'socle_calls_total',
    help: 'Calls of modules, by outcome',
    labelNames: ['port', 'operation', 'platform', 'code'],
    registers,
  });
  const durations = new Histogram({
    name: 'socle_call_duration_seconds',
    help: 'How long calls of modules took',
    labelNames: ['port', 'operation', 'platform'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const deliveries = new Counter({
    name: 'socle_deliveries_total',
    help: 'Webhook deliveries, by outcome',
    labelNames: ['platform', 'outcome'],
    registers,
  });
  const used = new Gauge({
    name: 'socle_quota_used',
    help: 'Units used in the current window',
    labelNames: ['platform', 'meter', 'window'],
    registers,
  });
  const max = new Gauge({
    name: 'socle_quota_max',
    help: 'Units that the window has',
    labelNames: ['platform', 'meter', 'window'],
    registers,
  });
  const runs = new Gauge({
    name: 'socle_runs',
    help: 'Runs of flows, by state',
    labelNames: ['flow', 'state'],
    registers,
  });

  return {
    call({ port, operation, platform, durationMs, error }) {
      calls.inc({ port, operation, platform, code: error?.code ?? 'ok' });
      durations.observe({ port, operation, platform }, durationMs / 1000);
    },
    delivery(platform, outcome) {
      deliveries.inc({ platform, outcome });
    },
    async text(samples) {
      if (samples) {
        const [quotas, states] = await Promise.all([samples.quotas(), samples.runs()]);
        for (const gauge of [used, max, runs]) gauge.reset();
        for (const { platform, meter, window, ...one } of quotas) {
          used.set({ platform, meter, window }, one.used);
          max.set({ platform, meter, window }, one.max);
        }
        for (const { flow, state, count } of states) runs.set({ flow, state }, count);
      }
      return registry.metrics();
    },
  };
}
