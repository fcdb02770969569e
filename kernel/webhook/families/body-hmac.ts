import { encode, hmac, keyOf } from '../bytes.ts';
import type { BodyHmacScheme } from '../scheme.ts';
import type { Family } from './family.ts';
import { readOne } from './read-one.ts';

export const bodyHmac: Family<BodyHmacScheme> = {
  headers: ({ header }) => ({ signature: header.toLowerCase() }),
  read: (scheme, { signature }) => readOne(scheme, signature),
  keys: ({ key }, secret) => keyOf(secret, key),
  digests: ({ algorithm }, key, { body }) => [hmac(algorithm, key, body)],
  write: ({ prefix = '', encoding }, digest) => prefix + encode(digest, encoding),
};
