import { encode, hmac, keyOf } from '../bytes.ts';
import type { SplitTimestampScheme } from '../scheme.ts';
import type { Family } from './family.ts';
import { readOne } from './read-one.ts';

export const splitTimestamp: Family<SplitTimestampScheme> = {
  headers: ({ header, timestampHeader }) => ({
    signature: header.toLowerCase(),
    timestamp: timestampHeader.toLowerCase(),
  }),
  read: (scheme, { signature, timestamp }) => {
    const claim = readOne(scheme, signature);
    return claim && { ...claim, timestamp };
  },
  keys: ({ key }, secret) => keyOf(secret, key),
  digests: ({ algorithm, restringified }, key, { body }, { timestamp }) =>
    [body, ...(restringified ? restringify(body) : [])].map((one) =>
      hmac(algorithm, key, `${timestamp}.`, one),
    ),
  write: ({ prefix = '', encoding }, digest) => prefix + encode(digest, encoding),
};

function restringify(body: Uint8Array): readonly string[] {
  try {
    return [JSON.stringify(JSON.parse(Buffer.from(body).toString()))];
  } catch {
    return [];
  }
}
