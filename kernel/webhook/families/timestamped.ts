import { decode, encode, hmac, keyOf } from '../bytes.ts';
import type { TimestampedScheme } from '../scheme.ts';
import type { Family } from './family.ts';

export const timestamped: Family<TimestampedScheme> = {
  headers: ({ header }) => ({ signature: header.toLowerCase() }),

  /** `t=…,v1=…[,v1=…]`; other versions (`v0`) are older and weaker, so they count for nothing. */
  read: (_scheme, { signature }) => {
    const pairs = signature.split(/, ?/).map((pair) => pair.split('='));
    const values = (name: string): string[] =>
      pairs.filter(([key]) => key === name).map(([, ...value]) => value.join('='));
    const [timestamp, second] = values('t');
    if (timestamp === undefined || second !== undefined) return undefined;
    if (pairs.some((pair) => pair.length < 2)) return undefined;
    const signatures = values('v1')
      .map((one) => decode(one, 'hex'))
      .filter((one) => one !== undefined);
    return { signatures, timestamp };
  },

  /** The whole text, `whsec_` included. */
  keys: (_scheme, secret) => keyOf(secret, 'utf8'),

  digests: (_scheme, key, { body }, { timestamp }) => [hmac('sha256', key, `${timestamp}.`, body)],

  write: (_scheme, digest, timestamp) => `t=${timestamp},v1=${encode(digest, 'hex')}`,
};
