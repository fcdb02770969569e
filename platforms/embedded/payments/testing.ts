import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import {
  type Clock,
  type EventDraft,
  type Host,
  type SignedRequest,
  systemClock,
  verifyWebhook,
} from '@socle/kernel';
import { payments } from '@socle/port-payments';
import type { PaymentsHarness } from '@socle/port-payments/conformance';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { create } from '../payments.ts';
import { embedded } from '../platform.ts';
import { createPaymentPages } from './pages.ts';
import { webhook } from './webhook.ts';

export interface EmbeddedHarness extends PaymentsHarness {
  readonly host: Host;
  readonly adapter: ReturnType<typeof create>;
  readonly database: TestDatabase;
  readonly baseUrl: string;
  readonly deliveries: readonly { readonly request: SignedRequest; readonly isValid: boolean }[];
  /** What the inbox answers from now on instead of taking deliveries. */
  refuseDeliveries(status: number | undefined): void;
  /** Fills in a page's form as a browser would. */
  submit(url: string, fields: Readonly<Record<string, string>>): Promise<Response>;
  /** Ends the adapter's own sending, as a crash would before it began. */
  readonly close: () => Promise<void>;
}

export const goodCard = { action: 'pay', number: '4242 4242 4242 4242', expiry: '12 / 40', cvc: '123' };

/** The embedded vendor on a database of its own, its pages and its inbox on a real local server. */
export async function startEmbeddedHarness({
  clock = systemClock,
  schemaDir = fileURLToPath(new URL('../schema', import.meta.url)),
}: {
  readonly clock?: Clock;
  readonly schemaDir?: string;
} = {}): Promise<EmbeddedHarness> {
  const database = await createTestDatabase({ migrations: [{ owner: 'embedded', dir: schemaDir }] });
  const lines: string[] = [];
  const drafts: EventDraft[] = [];
  const deliveries: { request: SignedRequest; isValid: boolean }[] = [];
  let refusal: number | undefined;
  let baseUrl = '';

  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const headers = incoming.headers as Record<string, string>;
    const { method = 'GET', url = '/' } = incoming;
    if (url === '/webhook/embedded') {
      outgoing.writeHead(await receive({ headers, body, url: `${baseUrl}${url}` })).end();
      return;
    }
    const init = method === 'POST' ? { method, headers, body: new Uint8Array(body) } : { method, headers };
    const response = await pages(new Request(`${baseUrl}${url}`, init));
    outgoing.writeHead(response?.status ?? 404, Object.fromEntries(response?.headers ?? []));
    outgoing.end(response ? Buffer.from(await response.arrayBuffer()) : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const line = (fields: object, message: string): void => {
    lines.push(JSON.stringify({ ...fields, message }));
  };
  const host: Host = {
    fetch,
    connect: () => {},
    clock,
    log: { debug: line, info: line, warn: line, error: line },
    local: () => ({
      sql: database.sql,
      listen: database.listen,
      filesDir: '/nonexistent',
      publicBaseUrl: baseUrl,
      selfBaseUrl: baseUrl,
    }),
  };

  async function receive(request: SignedRequest): Promise<number> {
    const secrets = await webhook.secrets({}, host);
    const { valid } = verifyWebhook(webhook.schemes, request, secrets, clock.now());
    deliveries.push({ request, isValid: valid });
    if (refusal !== undefined) return refusal;
    if (!valid) return 401;
    const body: unknown = JSON.parse(Buffer.from(request.body).toString('utf8'));
    drafts.push(...webhook.toEvents({ headers: request.headers, body }));
    return 200;
  }

  const pages = createPaymentPages(host);
  const adapter = create({}, host);
  const submit = (url: string, fields: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: baseUrl },
      body: new URLSearchParams(fields),
    });
  const pay = async (url: string, number: string): Promise<Response> =>
    submit(url, { ...goodCard, number, email: 'guest@example.com' });
  const tables = {
    customer: 'customers',
    product: 'products',
    price: 'prices',
    checkout: 'checkouts',
    payment: 'intents',
    subscription: 'subscriptions',
    refund: 'refunds',
    portal: 'portals',
  } as const;
  const [secret = ''] = await webhook.secrets({}, host);

  return {
    host,
    database,
    baseUrl,
    deliveries,
    submit,
    adapter,
    capabilities: payments.capabilities,
    toError: embedded.toError,
    payer: {
      completeCheckout: async ({ url }) => expectStatus(await pay(url, goodCard.number), 303),
      confirm: async ({ clientSecret }) =>
        expectStatus(await pay(`${baseUrl}/embedded/pay/payment/${clientSecret}`, goodCard.number), 303),
      decline: async ({ clientSecret }) =>
        expectStatus(
          await pay(`${baseUrl}/embedded/pay/payment/${clientSecret}`, '4000 0000 0000 0002'),
          402,
        ),
    },
    events: async () => drafts,
    count: async (kind) => {
      const [row] = await database.sql.query<{ count: string }>(
        `select count(*) from socle_embedded.payment_${tables[kind]}`,
      );
      return Number(row?.count);
    },
    logged: () => lines.join('\n'),
    secrets: [secret, goodCard.number, goodCard.number.replaceAll(' ', '')],
    refuseDeliveries: (status) => {
      refusal = status;
    },
    close: async () => {
      await adapter.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.drop();
    },
  };
}

function expectStatus(response: Response, status: number): void {
  if (response.status !== status) throw new Error(`the page answered ${response.status}, not ${status}`);
}
