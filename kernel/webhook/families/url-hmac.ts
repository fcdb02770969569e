import { parse, stringify } from 'node:querystring';
import { encode, hash, hmac, keyOf, same } from '../bytes.ts';
import type { UrlHmacScheme } from '../scheme.ts';
import type { Family } from './family.ts';
import { readOne } from './read-one.ts';

export const urlHmac: Family<UrlHmacScheme> = {
  headers: ({ header }) => ({ signature: header.toLowerCase() }),
  read: (scheme, { signature }) => readOne(scheme, signature),
  keys: (_scheme, secret) => keyOf(secret, 'utf8'),
  digests: ({ algorithm, covers }, key, { body, url }) => {
    if (covers === 'body+url') return [hmac(algorithm, key, body, url)];
    if (covers === 'url+body') return [hmac(algorithm, key, url, body)];
    const signed = formOf(body, url);
    return signed === undefined ? [] : spellings(url).map((one) => hmac(algorithm, key, one, signed));
  },
  write: ({ encoding }, digest) => encode(digest, encoding),
};

/**
 * What Twilio signs besides the URL: keys and values, sorted by key. A body that is not a form is
 * covered by the URL's `bodySHA256` instead. Undefined: the body is not covered.
 */
function formOf(body: Uint8Array, url: string): string | undefined {
  const bodyHash = URL.canParse(url) ? new URL(url).searchParams.get('bodySHA256') : null;
  if (bodyHash !== null) {
    const told = Buffer.from(bodyHash, 'hex');
    return same(told, hash('sha256', body)) ? '' : undefined;
  }
  const text = Buffer.from(body).toString();
  // Without `=` a byte could move between a key and the next one under the same signature.
  if (text !== '' && !text.split('&').every((pair) => pair.includes('='))) return undefined;
  const form = new URLSearchParams(text);
  const names = [...new Set(form.keys())].sort();
  return names
    .map((name) =>
      [...new Set(form.getAll(name))]
        .sort()
        .map((value) => name + value)
        .join(''),
    )
    .join('');
}

/** Twilio signs with or without the port, and with an older query encoding, "inconsistently" (twilio-node, 2026-07-30). */
function spellings(url: string): readonly string[] {
  if (!URL.canParse(url)) return [url];
  const parsed = new URL(url);
  const port = parsed.port || (parsed.protocol === 'http:' ? '80' : '443');
  const origins = [
    `${parsed.protocol}//${parsed.hostname}`,
    `${parsed.protocol}//${parsed.hostname}:${port}`,
  ];
  const query = parsed.search.slice(1);
  const queries = query === '' ? [''] : [`?${query}`, `?${stringify(parse(query))}`];
  return [
    ...new Set([url, ...origins.flatMap((origin) => queries.map((one) => origin + parsed.pathname + one))]),
  ];
}
