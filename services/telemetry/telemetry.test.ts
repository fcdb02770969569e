import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SocleError } from '@socle/kernel';
import { expect, test } from 'vitest';
import { createTelemetry } from './index.ts';

const record = {
  port: 'email',
  operation: 'send',
  platform: 'resend',
  startedAt: new Date(0),
  durationMs: 12.4,
};

function collect() {
  const lines: string[] = [];
  return { lines, write: (line: string) => void lines.push(line) };
}

test('lines are JSON, scrubbed, and also kept in the day’s file', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'socle-logs-'));
  const stream = collect();
  const telemetry = createTelemetry({ level: 'info', secrets: ['canary-value'], stream, dir });
  telemetry.log.info(
    { header: 'Bearer canary-value', error: new Error('canary-value') },
    'told canary-value',
  );
  telemetry.log.debug({}, 'too quiet');
  telemetry.observe({ ...record, error: new SocleError('declined', 'because canary-value') });
  await telemetry.close();
  const [name = ''] = readdirSync(dir);
  const kept = readFileSync(join(dir, name), 'utf8');
  rmSync(dir, { recursive: true });
  expect(kept).toBe(stream.lines.join(''));
  expect(kept).not.toContain('canary-value');
  expect(stream.lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { level: 'info', msg: 'told [redacted]' },
    { level: 'warn', msg: 'call failed', code: 'declined', port: 'email' },
  ]);
});

test('a terminal gets one readable line', async () => {
  const stream = { ...collect(), isTTY: true };
  createTelemetry({ level: 'info', secrets: [], stream }).log.info({ port: 5000 }, 'listening');
  expect(stream.lines).toHaveLength(1);
  expect(stream.lines[0]).toMatch(/info.*listening.*port=5000.*\n$/);
});

test('metrics count calls by outcome, deliveries, quotas and runs', async () => {
  const telemetry = createTelemetry({ level: 'silent', secrets: [] });
  telemetry.observe(record);
  telemetry.observe({ ...record, error: new SocleError('rate_limited', 'slow down') });
  telemetry.metrics.delivery('stripe', 'accepted');
  const text = await telemetry.metricsText({
    quotas: async () => [{ platform: 'resend', meter: 'recipients', window: 'day', used: 40, max: 100 }],
    runs: async () => [{ flow: 'payment-receipt', state: 'succeeded', count: 3 }],
  });
  for (const line of [
    'socle_calls_total{port="email",operation="send",platform="resend",code="ok"} 1',
    'socle_calls_total{port="email",operation="send",platform="resend",code="rate_limited"} 1',
    'socle_call_duration_seconds_count{port="email",operation="send",platform="resend"} 2',
    'socle_deliveries_total{platform="stripe",outcome="accepted"} 1',
    'socle_quota_used{platform="resend",meter="recipients",window="day"} 40',
    'socle_quota_max{platform="resend",meter="recipients",window="day"} 100',
    'socle_runs{flow="payment-receipt",state="succeeded"} 3',
  ])
    expect(text).toContain(line);
  expect(text).toContain('process_cpu_user_seconds_total');
});

test('a span hands its result and its error through', async () => {
  const telemetry = createTelemetry({ level: 'silent', secrets: [] });
  await expect(telemetry.span({ name: 'email.send' }, async () => 7)).resolves.toBe(7);
  const error = new SocleError('timeout', 'late');
  await expect(telemetry.span({ name: 'email.send' }, () => Promise.reject(error))).rejects.toBe(error);
});
