import { signWebhook } from '@socle/kernel';
import { webhook } from '../webhook.ts';

export interface FakeDelivery {
  readonly id: string;
  readonly body: string;
  readonly status: number;
}

/** Posts events one after the other, signed as Svix does, the id the same over three attempts. */
export function createDeliverer(target: {
  readonly url: string | undefined;
  readonly secret: string;
  readonly now: () => Date;
}) {
  const done: FakeDelivery[] = [];
  let queue = Promise.resolve();
  let isClosed = false;

  async function post(url: string, id: string, body: string): Promise<void> {
    const [scheme] = webhook.schemes;
    for (let attempt = 1; scheme && attempt <= 3 && !isClosed; attempt += 1) {
      const bytes = new Uint8Array(Buffer.from(body));
      const signed = signWebhook(scheme, { body: bytes, url }, target.secret, { id, now: target.now() });
      const status = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'Svix-Webhooks', ...signed },
        body,
        signal: AbortSignal.timeout(10_000),
      }).then(
        (response) => response.status,
        () => 0,
      );
      done.push({ id, body, status });
      if (status >= 200 && status < 300) return;
      await new Promise((resolve) => setTimeout(resolve, 50 * attempt));
    }
  }

  return {
    done: done as readonly FakeDelivery[],
    push: (event: object): void => {
      const { url } = target;
      const id = `msg_${crypto.randomUUID().replaceAll('-', '')}`;
      if (url !== undefined) queue = queue.then(() => post(url, id, JSON.stringify(event)));
    },
    /** Resolves once everything so far was delivered or given up. */
    settled: (): Promise<void> => queue,
    close: (): Promise<void> => {
      isClosed = true;
      return queue;
    },
  };
}
