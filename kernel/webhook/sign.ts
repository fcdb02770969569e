import type { SignedRequest, WebhookScheme } from './scheme.ts';

/** What a vendor would send: the headers that sign `body` under the scheme. For fakes and for our own outbound webhooks. */
export function signWebhook(
  _scheme: WebhookScheme,
  _request: Pick<SignedRequest, 'body' | 'url'>,
  _secret: string,
  _meta: { readonly id: string; readonly now: Date },
): Record<string, string> {
  throw new Error('being written');
}
