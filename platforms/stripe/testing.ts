import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type EventDraft,
  type Host,
  readSettings,
  SocleError,
  systemClock,
  verifyWebhook,
} from '@socle/kernel';
import { payments } from '@socle/port-payments';
import type { NetworkFault, PaymentsHarness } from '@socle/port-payments/conformance';
import { type StripeFake, startFake } from './fake.ts';
import { create } from './payments.ts';
import { stripe } from './platform.ts';
import type { Settings } from './settings.ts';

export function settingsOf(env: Readonly<Record<string, string>>): Settings {
  const result = readSettings(stripe.settings, env);
  if (result.state !== 'ready') throw new Error(`settings are ${JSON.stringify(result)}`);
  return result.value;
}

/** A host that logs into a list and reaches anything local. */
export function testHost(lines: string[], fetcher: typeof fetch = fetch): Host {
  const line = (fields: object, message: string): void => {
    lines.push(JSON.stringify({ ...fields, message }));
  };
  return {
    fetch: fetcher,
    connect: () => {},
    clock: systemClock,
    log: { debug: line, info: line, warn: line, error: line },
    local: () => {
      throw new SocleError('misconfigured', 'only for the embedded platform');
    },
  };
}

/** The adapter against the fake, webhooks verified by the kernel and mapped by the platform. */
export async function startStripeHarness(): Promise<PaymentsHarness & { readonly fake: StripeFake }> {
  const drafts: EventDraft[] = [];
  const lines: string[] = [];
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const headers = request.headers as Record<string, string>;
    const secrets = await stripe.webhook?.secrets(settings, host);
    const verdict = verifyWebhook(
      stripe.webhook?.schemes ?? [],
      { headers, body, url: '' },
      secrets ?? [],
      new Date(),
    );
    if (verdict.valid)
      drafts.push(...(stripe.webhook?.toEvents({ headers, body: JSON.parse(body.toString()) }) ?? []));
    response.writeHead(verdict.valid ? 200 : 401).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  const fake = await startFake({
    webhookUrl: `http://127.0.0.1:${port}/webhook/stripe`,
    // the guard that holds the sandbox's 25 is not part of this harness
    requestsPerSecond: Number.POSITIVE_INFINITY,
  });
  const settings = settingsOf(fake.env);
  const closedUrl = await nobodyListens();
  let isRefusing = false;
  const host = testHost(lines, (url, init) => {
    const target = isRefusing ? closedUrl : url;
    isRefusing = false;
    return fetch(target, init);
  });
  const faults = {
    hang: 'hang',
    'reset-after-body': 'reset',
    'html-502': 'html-502',
    'rate-limited': 'rate-limited',
  } as const;
  const objects = {
    customer: 'customer',
    product: 'product',
    price: 'price',
    checkout: 'checkout.session',
    payment: 'payment_intent',
    subscription: 'subscription',
    refund: 'refund',
    portal: 'billing_portal.session',
  } as const;
  return {
    fake,
    adapter: create(settings, host),
    capabilities: payments.capabilities,
    toError: stripe.toError,
    payer: {
      completeCheckout: async ({ url }) => {
        const body = new URLSearchParams({ email: 'guest@example.com', card: '4242424242424242' });
        const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' });
        if (answer.status !== 303) throw new Error(`the hosted page answered ${answer.status}`);
      },
      confirm: async ({ paymentId }) => fake.control.confirmPayment(paymentId),
      decline: async ({ paymentId }) => {
        try {
          fake.control.confirmPayment(paymentId, 'pm_card_chargeDeclined');
        } catch {
          return;
        }
        throw new Error('the bank accepted');
      },
    },
    events: async () => {
      await fake.control.settled();
      return drafts;
    },
    count: async (kind) => fake.state.all(objects[kind]).length,
    logged: () => lines.join('\n'),
    secrets: [settings.secretKey, settings.webhookSecret ?? ''],
    fault: async (fault: NetworkFault) => {
      if (fault === 'refused') isRefusing = true;
      else fake.control.next(faults[fault]);
      return {
        struck: async () => {
          while (isRefusing || fake.control.pending() > 0)
            await new Promise((resolve) => setTimeout(resolve, 5));
        },
      };
    },
    close: async () => {
      await fake.close();
      receiver.closeAllConnections();
      await new Promise((resolve) => receiver.close(resolve));
    },
  };
}

/** A port that was free a moment ago. */
async function nobodyListens(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/`;
}
