import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attributes, type Span, type SpanOptions, trace } from '@opentelemetry/api';
import { fieldsOf } from '@socle/kernel';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadPlatforms } from '../compose/registry.ts';
import { startMirror } from '../testing/mirror.ts';
import { startTestServer, type TestServer } from '../testing/serve.ts';

/** What must never be seen, whatever it is wrapped in. */
const canaries: string[] = [];
const spans: unknown[] = [];
const env: Record<string, string> = {};
let server: TestServer;
let mirror: Awaited<ReturnType<typeof startMirror>>;

function canary(): string {
  const value = `C4nary${canaries.length}x${crypto.randomUUID().replaceAll('-', '')}`;
  canaries.push(value);
  return value;
}

/** A value that the setting accepts and that holds a canary of its own. */
function planted(field: ReturnType<typeof fieldsOf>[number]): string {
  const word = canary();
  const example = field.example ?? '';
  const tries = [
    word,
    example.replace(/[x.…]{3,}.*$/i, word),
    example.replace(/:[^:@/]+@/, `:${word}@`),
    example.replace(/[A-Za-z0-9]+$/, word),
    word.padEnd(64, '0'),
  ];
  const found = tries.find((one) => one.includes(word) && field.schema.safeParse(one).success);
  if (!found) throw new Error(`no canary fits ${field.env}`);
  return found;
}

beforeAll(async () => {
  trace.setGlobalTracerProvider({ getTracer: () => recordingTracer() });
  mirror = await startMirror();
  for (const platform of await loadPlatforms()) {
    const fields = fieldsOf(platform.settings);
    for (const field of fields) {
      if (field.secret) env[field.env] = planted(field);
      else if (field.name === 'baseUrl' || /_BASE_URL$|_ENDPOINT$/.test(field.env))
        env[field.env] = mirror.url;
      else if (field.required) env[field.env] = requiredValue(field);
    }
  }
  env.SOCLE_MASTER_KEY = canary().padEnd(44, '0');
  while (canaries.length < 12) {
    const name = 'STRIPE_WEBHOOK_SECRET';
    env[name] = `${env[name] ?? `whsec_${canary()}`},whsec_${canary()}`;
  }
  server = await startTestServer({ env });
});
afterAll(async () => {
  await server.stop();
  await mirror.close();
  trace.disable();
});

/** Something that the schema of a required, public setting accepts. */
function requiredValue(field: ReturnType<typeof fieldsOf>[number]): string {
  const { hostname, port, host } = new URL(mirror.url);
  const tries = [field.example ?? '', hostname, mirror.url, host, port, 'value', '1'];
  const found = tries.find((one) => field.schema.safeParse(one).success);
  if (found === undefined) throw new Error(`nothing fits ${field.env}`);
  return found;
}

function encodings(word: string): string[] {
  const bytes = Buffer.from(word);
  return [
    word,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    // in the middle of a longer text, as in Basic authentication
    ...[1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .slice(4, -4),
    ),
  ];
}

function expectClean(text: string, where: string): void {
  for (const word of canaries)
    for (const form of encodings(word))
      expect(text.includes(form), `${where} holds ${word.slice(0, 8)}`).toBe(false);
}

/** Sends everything that has a secret out to the mirror, which throws it back. */
async function provoke(): Promise<string[]> {
  const answers: string[] = [];
  const post = async (path: string, body: unknown): Promise<void> => {
    const answer = await fetch(`${server.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    answers.push(`${JSON.stringify([...answer.headers])}${await answer.text()}`);
  };
  const mail = { from: 'me@example.com', to: ['ada@example.com'], subject: 'Hi', text: 'Hello' };
  for (const { platform, result } of server.app.boot().platforms.values()) {
    expect(result, platform.id).toMatchObject({ state: 'ready' });
    const via = `?via=${platform.id}`;
    for (const { port } of platform.adapters) {
      if (port.id === 'email') await post(`/api/v1/email/send${via}`, mail);
      if (port.id === 'payments')
        await post(`/api/v1/payments/createCustomer${via}`, { email: 'ada@example.com' });
      if (port.id === 'storage') await post(`/api/v1/storage/list${via}`, {});
      if (port.id === 'cache') await post(`/api/v1/cache/get${via}`, { key: 'a' });
    }
    await post(`/api/v1/console/settings/${platform.id}/test`, {});
  }
  return answers;
}

test('twelve canaries in every secret setting appear nowhere, raw or encoded', async () => {
  expect(new Set(canaries).size).toBeGreaterThanOrEqual(12);
  const answers = await provoke();
  expect(mirror.requests()).toBeGreaterThan(0);
  expect(answers.join('')).toContain('[redacted]');
  expectClean(answers.join('\n'), 'an answer of the API');

  await deliverPayment();
  await expect
    .poll(
      async () =>
        (await server.app.engine.runs({})).items.some((one) => one.error !== null || one.finishedAt),
      {
        timeout: 20_000,
      },
    )
    .toBe(true);
  const paths = ['overview', 'quotas', 'deliveries', 'events', 'flows', 'runs', 'mailbox', 'settings'];
  for (const path of paths) {
    const text = await (await fetch(`${server.url}/api/v1/console/${path}`)).text();
    expectClean(text, `console ${path}`);
    const ids = [...text.matchAll(/"id":"(\d+)"/g)].map((match) => match[1]);
    for (const id of ids)
      expectClean(await (await fetch(`${server.url}/api/v1/console/${path}/${id}`)).text(), `${path} ${id}`);
  }
  for (const path of ['/metrics', '/readyz', '/api/v1/openapi.json'])
    expectClean(await (await fetch(`${server.url}${path}`)).text(), path);

  expectClean(server.lines.join(''), 'the log');
  const dir = join(server.app.database.home, 'logs');
  for (const name of readdirSync(dir)) expectClean(readFileSync(join(dir, name), 'utf8'), `logs/${name}`);
  expect(spans.length).toBeGreaterThan(0);
  expectClean(JSON.stringify(spans), 'a trace');
  for (const table of ['events', 'runs', 'steps', 'effects', 'call_counts', 'deferred_calls', 'evidence']) {
    const rows = await server.database.sql.query(`select * from socle.${table}`);
    expectClean(JSON.stringify(rows), `socle.${table}`);
  }
});

/** A signed event that quotes a secret, as no vendor should. */
async function deliverPayment(): Promise<void> {
  const secret = env.STRIPE_WEBHOOK_SECRET?.split(',')[0] ?? '';
  const t = Math.floor(Date.now() / 1000);
  const object = {
    id: 'pi_canary',
    object: 'payment_intent',
    amount: 500,
    amount_received: 500,
    currency: 'eur',
    customer: 'cus_canary',
    receipt_email: null,
    description: 'A plan',
    metadata: {},
    status: 'succeeded',
  };
  const body = JSON.stringify({
    id: 'evt_canary',
    type: 'payment_intent.succeeded',
    created: t,
    data: { object },
  });
  const v1 = createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
  const headers = { 'stripe-signature': `t=${t},v1=${v1}`, 'x-odd': secret };
  const answer = await fetch(`${server.url}/webhook/stripe`, { method: 'POST', body, headers });
  expect(answer.status).toBe(200);
}

/** Keeps what a real SDK would export. */
function recordingTracer(): ReturnType<typeof trace.getTracer> {
  const open = (name: string, options: SpanOptions = {}): Span => {
    const record = { name, attributes: { ...options.attributes } as Attributes, status: {} as unknown };
    spans.push(record);
    const span = {
      setAttribute: (key: string, value: string) => {
        record.attributes[key] = value;
        return span;
      },
      setStatus: (status: unknown) => {
        record.status = status;
        return span;
      },
      end: () => undefined,
    };
    return span as unknown as Span;
  };
  return {
    startSpan: open,
    startActiveSpan: (name: string, ...rest: unknown[]) => {
      const work = rest.at(-1) as (span: Span) => unknown;
      return work(open(name, rest[0] as SpanOptions));
    },
  } as ReturnType<typeof trace.getTracer>;
}
