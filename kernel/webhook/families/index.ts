import type { WebhookScheme } from '../scheme.ts';
import { bodyHmac } from './body-hmac.ts';
import type { Family } from './family.ts';
import { splitTimestamp } from './split-timestamp.ts';
import { standardWebhooks } from './standard-webhooks.ts';
import { staticSecret } from './static-secret.ts';
import { suffixHash } from './suffix-hash.ts';
import { timestamped } from './timestamped.ts';
import { urlHmac } from './url-hmac.ts';

const FAMILIES: {
  readonly [Name in WebhookScheme['family']]: Family<Extract<WebhookScheme, { family: Name }>>;
} = {
  'standard-webhooks': standardWebhooks,
  timestamped,
  'body-hmac': bodyHmac,
  'url-hmac': urlHmac,
  'split-timestamp': splitTimestamp,
  'suffix-hash': suffixHash,
  'static-secret': staticSecret,
};

export function familyOf(scheme: WebhookScheme): Family<WebhookScheme> {
  return FAMILIES[scheme.family] as Family<WebhookScheme>;
}
