import { createHmac } from 'node:crypto';
import type { StripeEventObject } from './state.ts';

export interface FakeDelivery {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
}

/** Signs as Stripe documents, apart from Socle's own verifier on purpose: the two check each other. */
export function stripeSignature(body: string, secret: string, at: Date): string {
  const timestamp = Math.floor(at.getTime() / 1000);
  return `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** Posts events one after the other, each up to three times, as a sandbox does. */
export function createDeliverer(target: {
  readonly url: string | undefined;
  readonly secret: string;
  readonly now: () => Date;
}) {
  const done: FakeDelivery[] = [];
  let queue = Promise.resolve();
  let isClosed = false;

  const post = async (event: StripeEventObject): Promise<void> => {
    if (target.url === undefined) return;
    const body = JSON.stringify(event);
    for (let attempt = 1; attempt <= 3 && !isClosed; attempt += 1) {
      const signature = stripeSignature(body, target.secret, target.now());
      const headers = { 'content-type': 'application/json; charset=utf-8', 'stripe-signature': signature };
      const status = await fetch(target.url, {
        method: 'POST',
        headers,
        body,
        signal: AbortSignal.timeout(10_000),
      }).then(
        (response) => response.status,
        () => 0,
      );
      done.push({ body, headers, status });
      if (status >= 200 && status < 300) return;
      await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
    }
  };

  return {
    done: done as readonly FakeDelivery[],
    push: (event: StripeEventObject): void => {
      queue = queue.then(() => post(event));
    },
    /** Resolves once everything so far was delivered or given up. */
    settled: (): Promise<void> => queue,
    close: (): Promise<void> => {
      isClosed = true;
      return queue;
    },
  };
}
