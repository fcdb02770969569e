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
  const proofs = new Set(
    schemes.map((scheme) =>
      scheme.family === 'standard-webhooks'
        ? `${scheme.headerPrefix}-signature`
        : scheme.header.toLowerCase(),
    ),
  );
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !proofs.has(name) && !SENSITIVE.test(name) && !OF_THE_NETWORK.test(name)) {
      kept[name] = value;
    }
  }
  return kept;
}
