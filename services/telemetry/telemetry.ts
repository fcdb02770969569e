import { type Attributes, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { type CallRecord, isSocleError, type Log } from '@socle/kernel';
import { createLog, type LogLevel, type LogOptions } from './log.ts';
import { createMetrics, type Metrics, type Samples } from './metrics.ts';
import { createRedactor, type Redactor } from './redact.ts';

export interface SpanRequest {
  /** `email.send`, `webhook stripe`, `payment-receipt/send` */
  readonly name: string;
  readonly kind?: 'client' | 'server' | 'internal';
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
}

export interface Telemetry {
  readonly log: Log;
  readonly redactor: Redactor;
  readonly metrics: Metrics;
  observe(record: CallRecord): void;
  /** Runs `work` inside a span of whatever OpenTelemetry SDK the operator attached; without one it costs nothing. */
  span<T>(request: SpanRequest, work: () => Promise<T>): Promise<T>;
  metricsText(samples?: Samples): Promise<string>;
  close(): Promise<void>;
}

export interface TelemetryOptions {
  readonly level: LogLevel;
  readonly secrets: readonly string[];
  readonly stream?: LogOptions['stream'];
  readonly dir?: string;
}

const KINDS = { client: SpanKind.CLIENT, server: SpanKind.SERVER, internal: SpanKind.INTERNAL } as const;

export function createTelemetry({ level, secrets, stream, dir }: TelemetryOptions): Telemetry {
  const redactor = createRedactor(secrets);
  const log = createLog({ level, redactor, ...(stream ? { stream } : {}), ...(dir ? { dir } : {}) });
  const metrics = createMetrics();
  const tracer = trace.getTracer('socle');

  return {
    log,
    redactor,
    metrics,
    observe(record) {
      metrics.call(record);
      const { port, operation, platform, error } = record;
      const fields = { port, operation, platform, durationMs: Math.round(record.durationMs) };
      if (!error) log.debug(fields, 'called');
      else log.warn({ ...fields, code: error.code, error: error.message }, 'call failed');
    },
    span: ({ name, kind = 'internal', attributes = {} }, work) =>
      tracer.startActiveSpan(
        name,
        { kind: KINDS[kind], attributes: redactor.value(attributes) as Attributes },
        async (span) => {
          try {
            return await work();
          } catch (error) {
            const code = isSocleError(error) ? error.code : 'internal';
            const message = redactor.text(error instanceof Error ? error.message : String(error));
            span.setAttribute('error.type', code);
            span.setStatus({ code: SpanStatusCode.ERROR, message });
            throw error;
          } finally {
            span.end();
          }
        },
      ),
    metricsText: async (samples) => redactor.text(await metrics.text(samples)),
    close: () => log.close(),
  };
}
