import { SocleError } from '../error.ts';
import { familyOf } from './families/index.ts';
import type { SignedRequest, WebhookScheme } from './scheme.ts';

/** What a vendor would send: the headers that sign `body` under the scheme. For fakes and for our own outbound webhooks. */
export function signWebhook(
  scheme: WebhookScheme,
  request: Pick<SignedRequest, 'body' | 'url'>,
  secret: string,
  meta: { readonly id: string; readonly now: Date },
): Record<string, string> {
  const family = familyOf(scheme);
  const [key] = family.keys(scheme, secret);
  if (!key) throw new SocleError('misconfigured', `the secret cannot sign ${scheme.family} webhooks`);
  const timestamp = String(Math.floor(meta.now.getTime() / 1000));
  const [digest] = family.digests(scheme, key, request, { id: meta.id, timestamp });
  if (!digest) throw new SocleError('invalid_argument', `${scheme.family} cannot sign this body`);
  const names = family.headers(scheme);
  return {
    ...(names.id === undefined ? {} : { [names.id]: meta.id }),
    ...(names.timestamp === undefined ? {} : { [names.timestamp]: timestamp }),
    [names.signature]: family.write(scheme, digest, timestamp),
  };
}
