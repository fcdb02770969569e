import { AsyncLocalStorage } from 'node:async_hooks';
import { type Call, fromVendorAnswer, type Host, SocleError } from '@socle/kernel';
import Stripe from 'stripe';
import type { Settings } from './settings.ts';

export interface Client {
  /** Runs requests under a call's signal: the SDK (23.1.0) takes none. */
  within<Result>(call: Pick<Call, 'signal'>, work: (stripe: Stripe) => Promise<Result>): Promise<Result>;
}

/** The official SDK, on egress, without retries or telemetry of its own: the kernel decides. */
export function createClient({ secretKey, baseUrl }: Settings, host: Host): Client {
  const signals = new AsyncLocalStorage<AbortSignal>();
  const base = baseUrl === undefined ? undefined : new URL(baseUrl);
  const stripe = new Stripe(secretKey, {
    apiVersion: '2026-10-28.endive',
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(send),
    ...(base
      ? {
          host: base.hostname,
          port: base.port || (base.protocol === 'http:' ? '80' : '443'),
          protocol: base.protocol === 'http:' ? 'http' : 'https',
        }
      : {}),
  });

  async function send(url: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<Response> {
    const all = [init.signal, signals.getStore()].filter((one) => one !== null && one !== undefined);
    const response = await host.fetch(url, { ...init, signal: AbortSignal.any(all) }).catch(wrapped);
    if (/json/.test(response.headers.get('content-type') ?? '')) return response;
    // The SDK reports a proxy's HTML page as "Invalid JSON" and drops the status.
    await response.body?.cancel();
    const { status, headers } = response;
    if (status >= 400)
      throw fromVendorAnswer({ status, headers, message: `Stripe answered HTTP ${status} without JSON` });
    throw new SocleError('vendor_contract', `Stripe answered HTTP ${status} without JSON`);
  }

  return { within: ({ signal }, work) => signals.run(signal, () => work(stripe)) };
}

/** Hides `code` from the SDK: it repeats once after ECONNRESET and EPIPE even with no retries (RequestSender, 23.1.0). */
function wrapped(thrown: unknown): never {
  throw new TypeError('fetch failed', { cause: thrown });
}

/** Cheapest authenticated read that the adapter's own permissions cover. */
export async function verify(settings: Settings, host: Host, signal: AbortSignal): Promise<void> {
  await createClient(settings, host).within({ signal }, (stripe) => stripe.customers.list({ limit: 1 }));
}
