import type { HeaderMap, Webhook, WebhookScheme } from '@socle/kernel';

/** The part of a platform's webhook that needs no settings. */
export type WebhookShape = Omit<Webhook<never>, 'secrets' | 'answersHead'>;

/** A platform as the inbox sees it. */
export interface InboundPlatform {
  readonly webhook: WebhookShape;
  /** Valid now, the newest first. None: everything is refused. */
  readonly secrets: readonly string[];
  /** The URL that the platform was given; some sign it. */
  readonly publicUrl: string;
}

export type FindPlatform = (
  platformId: string,
) => InboundPlatform | undefined | Promise<InboundPlatform | undefined>;

const SENSITIVE = /authorization|cookie|signature|token|secret|password|api-?key|credential/;
const OF_THE_NETWORK =
  /^(host|connection|accept.*|content-length|transfer-encoding|forwarded|via|te|upgrade|x-forwarded-.*|x-real-ip|cf-.*|true-client-ip|cdn-loop)$/;

/** What is kept of a delivery's headers: enough to process it again, nothing that proves who sent it. */
export function keptHeaders(
  headers: HeaderMap,
  schemes: readonly WebhookScheme[],
): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined && isKept(name) && !schemes.some((scheme) => isProof(scheme, name))) {
      kept[name] = value;
    }
  }
  return kept;
}

/** Answers by name; senders that prove who they are use few, but one of them might not. */
const known = new Map<string, boolean>();

function isKept(name: string): boolean {
  let answer = known.get(name);
  if (answer === undefined) {
    answer = !SENSITIVE.test(name) && !OF_THE_NETWORK.test(name);
    if (known.size < 1000) known.set(name, answer);
  }
  return answer;
}

function isProof(scheme: WebhookScheme, name: string): boolean {
  return scheme.family === 'standard-webhooks'
    ? name === `${scheme.headerPrefix}-signature`
    : name === scheme.header.toLowerCase();
}
