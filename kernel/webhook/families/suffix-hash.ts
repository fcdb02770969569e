import { encode, hash, keyOf } from '../bytes.ts';
import type { SuffixHashScheme } from '../scheme.ts';
import type { Family } from './family.ts';
import { readOne } from './read-one.ts';

export const suffixHash: Family<SuffixHashScheme> = {
  headers: ({ header, timestampHeader }) => ({
    signature: header.toLowerCase(),
    timestamp: timestampHeader.toLowerCase(),
  }),
  read: (scheme, { signature, timestamp }) => {
    const claim = readOne(scheme, signature);
    return claim && { ...claim, timestamp };
  },
  keys: (_scheme, secret) => keyOf(secret, 'utf8'),
  digests: ({ algorithm }, key, { body }, { timestamp = '' }) => [hash(algorithm, body, timestamp, key)],
  write: ({ encoding }, digest) => encode(digest, encoding),
};
