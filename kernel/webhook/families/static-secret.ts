import { keyOf } from '../bytes.ts';
import type { StaticSecretScheme } from '../scheme.ts';
import type { Family } from './family.ts';

/** Proves who sends, not what: the body is not covered. */
export const staticSecret: Family<StaticSecretScheme> = {
  headers: ({ header }) => ({ signature: header.toLowerCase() }),
  read: ({ prefix = '' }, { signature }) =>
    signature.startsWith(prefix) ? { signatures: [Buffer.from(signature.slice(prefix.length))] } : undefined,
  keys: (_scheme, secret) => keyOf(secret, 'utf8'),
  digests: (_scheme, key) => [key],
  write: ({ prefix = '' }, key) => prefix + Buffer.from(key).toString(),
};
