import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fake, FakeOptions } from '@socle/kernel';
import { API_KEY, authenticate, createRate } from './fake/access.ts';
import { createDeliverer, type FakeDelivery } from './fake/deliver.ts';
import { createIdempotency } from './fake/idempotency.ts';
import { readEmail } from './fake/input.ts';
import { Refusal } from './fake/refusal.ts';
import { createState, type State, type StoredEmail } from './fake/state.ts';

/** `reset` works first and then cuts the line: the effect is there, the answer is not. */
export type FakeFault = 'hang' | 'reset' | 'html-502' | 'error-500' | 'rate-limited';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** 0 until it is answered. */
  status: number;
}

export interface ResendFake extends Fake {
  readonly requests: readonly RecordedRequest[];
  readonly emails: readonly StoredEmail[];
  readonly deliveries: readonly FakeDelivery[];
  readonly control: {
    /** Strikes the next API calls, one each. */
    next(...faults: readonly FakeFault[]): void;
    /** How many of them have not struck yet. */
    pending(): number;
    used(): { readonly day: number; readonly month: number };
    /** Waits until every webhook was delivered or given up. */
    settled(): Promise<void>;
  };
}

export interface ResendFakeOptions extends FakeOptions {
  readonly requestsPerSecond?: number;
  readonly quotas?: { readonly day: number; readonly month: number };
  /** Others are refused as senders. */
  readonly domains?: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly isRateLimited?: boolean;
}

const WEBHOOK_SECRET = 'whsec_ZmFrZSBTb2NsZSByZXNlbmQgc2lnbmluZyBrZXk=';

/** A local Resend on its free plan: quotas for each recipient, two requests a second, idempotency keys, signed webhooks. */
export async function startFake(options: ResendFakeOptions = {}): Promise<ResendFake> {
  const now = options.now ?? (() => new Date());
  const rate = createRate(options.requestsPerSecond ?? 2, now);
  const domains = options.domains ?? ['example.com', 'resend.dev'];
  const requests: RecordedRequest[] = [];
  const faults: FakeFault[] = [];
  const idempotency = createIdempotency(now);
  const deliverer = createDeliverer({ url: options.webhookUrl, secret: WEBHOOK_SECRET, now });
  const state: State = createState({
    now,
    quotas: options.quotas ?? { day: 100, month: 3000 },
    tell: (type, { id, from, to, subject, createdAt }, extra = {}) => {
      const data = { email_id: id, from, to, subject, created_at: createdAt.toISOString(), ...extra };
      deliverer.push({ type, created_at: now().toISOString(), data });
    },
  });
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = 'GET', headers } = request;
    const { pathname: path } = new URL(request.url ?? '/', 'http://fake');
    const record = { method, path, headers, body: Buffer.concat(chunks).toString(), status: 0 };
    requests.push(record);
    const fault = faults.shift();
    if (fault === 'hang') return;
    if (fault === 'html-502') {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>');
      return;
    }
    const { status, body, isRateLimited = false } = await answer(record, fault);
    record.status = status;
    if (fault === 'reset') response.destroy();
    else
      response
        .writeHead(status, { 'content-type': 'application/json', ...rate.headers(isRateLimited) })
        .end(JSON.stringify(body));
  }

  async function answer(record: RecordedRequest, fault?: FakeFault): Promise<Answer> {
    try {
      rate.count(fault === 'rate-limited');
      authenticate(record.headers.authorization, record.method === 'POST' && record.path === '/emails');
      if (fault === 'error-500')
        throw new Refusal(500, 'internal_server_error', 'An unexpected error occurred.');
      return { status: 200, body: await route(record) };
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      const refusal = thrown instanceof Refusal ? thrown : new Refusal(500, 'internal_server_error', message);
      const { status, body } = refusal;
      return { status, body, isRateLimited: refusal.vendorName === 'rate_limit_exceeded' };
    }
  }

  async function route(record: RecordedRequest): Promise<object> {
    const [, id = '', action] = /^\/emails\/([^/]+)(\/cancel)?$/.exec(record.path) ?? [];
    const signature = `${record.method} ${record.path.replace(/^\/emails\/[^/]+/, '/emails/:id')}`;
    switch (signature) {
      case 'POST /emails':
        return once(record, () => state.send(readEmail(record.body, domains)));
      case 'GET /emails/:id':
        return state.read(id);
      case 'POST /emails/:id/cancel':
        return action ? state.cancel(id) : {};
      case 'GET /domains':
        return {
          object: 'list',
          has_more: false,
          data: domains.map((name) => ({ id: name, name, status: 'verified' })),
        };
      default:
        throw new Refusal(404, 'not_found', 'The requested endpoint does not exist.');
    }
  }

  async function once({ headers, body }: RecordedRequest, work: () => object): Promise<object> {
    const key = headers['idempotency-key'];
    if (typeof key !== 'string' || key === '') return work();
    const kept = idempotency.begin(key, body);
    if (kept) return kept;
    try {
      // others with this key find it under way
      await new Promise(setImmediate);
      const made = work();
      idempotency.keep(key, made);
      return made;
    } catch (thrown) {
      idempotency.forget(key);
      throw thrown;
    }
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    env: {
      RESEND_API_KEY: API_KEY,
      RESEND_FROM: `Socle <no-reply@${domains[0] ?? 'example.com'}>`,
      RESEND_WEBHOOK_SECRET: WEBHOOK_SECRET,
      RESEND_BASE_URL: url,
    },
    requests,
    emails: state.emails,
    deliveries: deliverer.done,
    control: {
      next: (...list) => faults.push(...list),
      pending: () => faults.length,
      used: state.used,
      settled: deliverer.settled,
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await deliverer.close();
    },
  };
}
