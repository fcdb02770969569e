import { createHash } from 'node:crypto';
import {
  type Clock,
  type Delivery,
  type HeaderMap,
  isSocleError,
  SocleError,
  verifyWebhook,
} from '@socle/kernel';
import { type FindPlatform, type InboundPlatform, keptHeaders } from './source.ts';
import type { NewDelivery } from './store.ts';

export interface Inbound {
  /** Lower-case names. */
  readonly headers: HeaderMap;
  readonly body: Uint8Array;
}

const DEFAULT_MAX_BYTES = 1 << 20;
const TOO_LARGE = 'is too large';
/** PostgreSQL's index entries end at 2,704 bytes; vendors' ids at 100. */
const MAX_ID_LENGTH = 255;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Whether a delivery was refused for its size, which HTTP tells apart from other faults (413). */
export function isTooLarge(thrown: unknown): boolean {
  return isSocleError(thrown) && thrown.details.faults?.some((fault) => fault.problem === TOO_LARGE) === true;
}

/** Checks size, signature and form, in this order: nobody unknown makes us parse anything. */
export async function admit(
  platformId: string,
  inbound: Inbound,
  { platforms, clock }: { platforms: FindPlatform; clock: Clock },
): Promise<NewDelivery> {
  const platform = await platforms(platformId);
  if (!platform) throw new SocleError('not_found', `no platform "${platformId}" takes webhooks here`);
  checkSize(platformId, platform, inbound.body);
  checkSignature(platformId, { platform, inbound, now: clock.now() });
  const { webhook } = platform;
  const { headers, body: raw } = inbound;
  const delivery: Delivery = { headers, body: parse(platformId, raw) };
  return {
    platform: platformId,
    deliveryId: stable(
      readOr(() => webhook.deliveryId(delivery)),
      raw,
    ),
    type: printable(readOr(() => webhook.eventType(delivery)) ?? 'unknown').slice(0, MAX_ID_LENGTH),
    headers: keptHeaders(headers, webhook.schemes),
    body: raw,
  };
}

/** The stored bytes as the platform's mapping gets them. */
export function parse(platformId: string, raw: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(raw));
  } catch (error) {
    throw new SocleError('invalid_argument', 'the body is not JSON', { platform: platformId }, error);
  }
}

function checkSize(platformId: string, { webhook }: InboundPlatform, body: Uint8Array): void {
  const max = webhook.maxBytes ?? DEFAULT_MAX_BYTES;
  if (body.byteLength <= max) return;
  throw new SocleError('invalid_argument', `the body has more than ${max} bytes`, {
    platform: platformId,
    faults: [{ field: 'body', problem: TOO_LARGE }],
  });
}

function checkSignature(
  platformId: string,
  { platform, inbound, now }: { platform: InboundPlatform; inbound: Inbound; now: Date },
): void {
  const { webhook, secrets, publicUrl } = platform;
  const verdict = verifyWebhook(webhook.schemes, { ...inbound, url: publicUrl }, secrets, now);
  if (verdict.valid) return;
  throw new SocleError('unauthenticated', `the signature was refused: ${verdict.reason}`, {
    platform: platformId,
  });
}

/** A body that the mapping cannot read is kept all the same: the sender proved who it is. */
function readOr(read: () => string | undefined): string | undefined {
  try {
    const value: unknown = read();
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Without an id of the vendor's own, the same bytes are the same delivery. */
function stable(deliveryId: string | undefined, raw: Uint8Array): string {
  if (deliveryId === undefined) return `sha256:${createHash('sha256').update(raw).digest('hex')}`;
  const id = printable(deliveryId);
  return id.length <= MAX_ID_LENGTH ? id : `sha256:${createHash('sha256').update(id).digest('hex')}`;
}

/** PostgreSQL's text holds no NUL. */
function printable(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}');
}
