import { decode } from '../bytes.ts';
import type { Encoding } from '../scheme.ts';
import type { Claim } from './family.ts';

/** A header that holds exactly one signature. A header sent twice arrives joined, and is malformed. */
export function readOne(
  { prefix = '', encoding }: { readonly prefix?: string; readonly encoding: Encoding },
  header: string,
): Claim | undefined {
  if (!header.startsWith(prefix)) return undefined;
  const signature = decode(header.slice(prefix.length), encoding);
  return signature && { signatures: [signature] };
}
