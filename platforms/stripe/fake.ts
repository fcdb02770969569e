import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fake, FakeOptions } from '@socle/kernel';
import { authenticate } from './fake/authenticate.ts';
import { turnPeriod } from './fake/billing.ts';
import { completeSession } from './fake/checkout.ts';
import { createDeliverer, type FakeDelivery } from './fake/deliver.ts';
import { decodeForm } from './fake/form.ts';
import { hosted } from './fake/hosted.ts';
import { type Answer, createIdempotency } from './fake/idempotency.ts';
import { confirmIntent } from './fake/paying.ts';
import { run } from './fake/routes.ts';
import { createState, Refusal, type State, type StripeEventObject } from './fake/state.ts';

export { stripeSignature } from './fake/deliver.ts';

/** `reset` works first and then cuts the line: the effect is there, the answer is not. */
export type FakeFault = 'hang' | 'reset' | 'html-502' | 'error-500' | 'rate-limited';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  status: number;
}

export interface StripeFake extends Fake {
  readonly requests: readonly RecordedRequest[];
  readonly deliveries: readonly FakeDelivery[];
  readonly events: readonly StripeEventObject[];
  readonly state: State;
  readonly control: {
    /** Strikes the next API calls, one each. */
    next(...faults: readonly FakeFault[]): void;
    /** How many of them have not struck yet. */
    pending(): number;
    completeCheckout(id: string, payer?: { method?: string; email?: string }): void;
    confirmPayment(id: string, method?: string): void;
    turnPeriod(subscriptionId: string, method?: string): void;
    /** Waits until every webhook was delivered or given up. */
    settled(): Promise<void>;
  };
}

export interface StripeFakeOptions extends FakeOptions {
  /** A sandbox allows 25. */
  readonly requestsPerSecond?: number;
}

const SECRET_KEY = 'sk_test_fakeSocle0000000000000000';
const WEBHOOK_SECRET = 'whsec_fakeSocle00000000000000000000';

/** A local Stripe, as its documents tell it: state, errors, idempotency, 25 requests per second, signed webhooks. */
export async function startFake(options: StripeFakeOptions = {}): Promise<StripeFake> {
  const now = options.now ?? (() => new Date());
  const limit = options.requestsPerSecond ?? 25;
  const requests: RecordedRequest[] = [];
  const events: StripeEventObject[] = [];
  const faults: FakeFault[] = [];
  const recent: number[] = [];
  const idempotency = createIdempotency();
  const deliverer = createDeliverer({ url: options.webhookUrl, secret: WEBHOOK_SECRET, now });
  let url = '';
  const onEvent = (event: StripeEventObject): void => {
    events.push(event);
    deliverer.push(event);
  };
  const state = createState({ now, url: () => url, onEvent });
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { method = 'GET', headers } = request;
    const { pathname: path, search } = new URL(request.url ?? '/', url);
    if (path.startsWith('/hosted/')) {
      const answer = hosted(state, { method, path, body });
      const location = answer.location ? { location: answer.location } : {};
      response.writeHead(answer.status, { 'content-type': 'text/html; charset=utf-8', ...location });
      response.end(answer.html);
      return;
    }
    const record: RecordedRequest = { method, path, headers, body, status: 0 };
    requests.push(record);
    const fault = faults.shift();
    if (fault === 'hang') {
      const key = headers['idempotency-key'];
      if (typeof key === 'string' && !idempotency.begin(key, `${method} ${path} ${body}`)) {
        response.on('close', () => idempotency.forget(key));
      }
      return;
    }
    if (fault === 'html-502') {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>');
      return;
    }
    const isReplay = { value: false };
    const answer = answerTo({ record, fault, query: search.slice(1), isReplay });
    record.status = answer.status;
    if (fault === 'reset') {
      response.destroy();
      return;
    }
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      'request-id': `req_fake${String(requests.length).padStart(8, '0')}`,
      'stripe-version': String(headers['stripe-version'] ?? ''),
      ...(headers['idempotency-key'] ? { 'idempotency-key': headers['idempotency-key'] } : {}),
      ...(isReplay.value ? { 'idempotent-replayed': 'true' } : {}),
      ...(answer.status === 429 ? { 'retry-after': '2', 'stripe-rate-limited-reason': 'global-rate' } : {}),
    });
    response.end(JSON.stringify(answer.body));
  }

  function answerTo(asked: {
    record: RecordedRequest;
    fault: FakeFault | undefined;
    query: string;
    isReplay: { value: boolean };
  }): Answer {
    const { record, fault } = asked;
    const { method, path, body, headers } = record;
    const key = method === 'POST' ? headers['idempotency-key'] : undefined;
    let isMine = false;
    try {
      authenticate(record.headers.authorization, SECRET_KEY);
      if (fault === 'error-500')
        throw new Refusal(500, { type: 'api_error', message: 'An unknown error occurred' });
      countRequest(fault === 'rate-limited');
      if (typeof key === 'string') {
        const kept = idempotency.begin(key, `${method} ${path} ${body}`);
        asked.isReplay.value = kept !== undefined;
        if (kept) return kept;
        isMine = true;
      }
      const form = decodeForm(method === 'GET' ? asked.query : body);
      const answer = { status: 200, body: run(state, { method, path, form }) };
      if (typeof key === 'string') idempotency.keep(key, answer);
      return answer;
    } catch (thrown) {
      const refusal =
        thrown instanceof Refusal ? thrown : new Refusal(500, { type: 'api_error', message: String(thrown) });
      const answer = { status: refusal.status, body: refusal.body };
      if (isMine && typeof key === 'string') {
        if (refusal.status === 402) idempotency.keep(key, answer);
        else idempotency.forget(key);
      }
      return answer;
    }
  }

  function countRequest(isForced: boolean): void {
    const at = now().getTime();
    while (recent[0] !== undefined && recent[0] <= at - 1000) recent.shift();
    recent.push(at);
    if (!isForced && recent.length <= limit) return;
    const message = 'Request rate limit exceeded. Learn more at https://docs.stripe.com/rate-limits';
    throw new Refusal(429, { message, code: 'rate_limit' });
  }

  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    env: {
      STRIPE_SECRET_KEY: SECRET_KEY,
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      STRIPE_BASE_URL: url,
    },
    requests,
    events,
    deliveries: deliverer.done,
    state,
    control: {
      next: (...list) => faults.push(...list),
      pending: () => faults.length,
      completeCheckout: (id, payer) => {
        completeSession(state, id, payer);
      },
      confirmPayment: (id, payment_method = 'pm_card_visa') => {
        confirmIntent(state, id, { payment_method });
      },
      turnPeriod: (id, method) => turnPeriod(state, id, method),
      settled: deliverer.settled,
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await deliverer.close();
    },
  };
}
