import { decode, encode, hmac, keyOf } from '../bytes.ts';
import type { StandardWebhooksScheme } from '../scheme.ts';
import type { Family } from './family.ts';

const VERSION = 'v1,';

export const standardWebhooks: Family<StandardWebhooksScheme> = {
  headers: ({ headerPrefix: prefix }) => ({
    signature: `${prefix}-signature`,
    timestamp: `${prefix}-timestamp`,
    id: `${prefix}-id`,
  }),

  /** Several signatures stand apart by a space; Supabase Auth joins them with a comma and a space. */
  read: (_scheme, { signature, timestamp, id }) => {
    // A dot would let bytes move between id, timestamp and body under one signature.
    if (id.includes('.')) return undefined;
    const signatures = signature
      .split(/,? /)
      .filter((one) => one.startsWith(VERSION))
      .map((one) => decode(one.slice(VERSION.length), 'base64'))
      .filter((one) => one !== undefined);
    return { signatures, timestamp, id };
  },

  /** `whsec_<base64>`; Supabase Auth writes `v1,whsec_<base64>`, several joined with `|`. Asymmetric `v1a,` keys are not ours. */
  keys: (_scheme, secret) =>
    secret
      .split('|')
      .map((one) => one.trim().replace(/^(v1,)?(whsec_)?/, ''))
      .flatMap((one) => keyOf(one, 'base64')),

  digests: (_scheme, key, { body }, { id, timestamp }) => [hmac('sha256', key, `${id}.${timestamp}.`, body)],

  write: (_scheme, digest) => VERSION + encode(digest, 'base64'),
};
