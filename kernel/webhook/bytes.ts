import {
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { Encoding, HashAlgorithm, KeyForm } from './scheme.ts';

type Part = string | Uint8Array;

/** Node 24.21 takes three times as long for a key in bytes as for a key object made of them (2026-11-21). */
export function hmac(
  algorithm: HashAlgorithm,
  key: Uint8Array | KeyObject,
  ...parts: readonly Part[]
): Uint8Array {
  const sum = createHmac(algorithm, ArrayBuffer.isView(key) ? createSecretKey(key) : key);
  for (const part of parts) sum.update(part);
  return sum.digest();
}

export function hash(algorithm: HashAlgorithm, ...parts: readonly Part[]): Uint8Array {
  const sum = createHash(algorithm);
  for (const part of parts) sum.update(part);
  return sum.digest();
}

export function encode(bytes: Uint8Array, encoding: Encoding): string {
  return Buffer.from(bytes).toString(encoding);
}

/** Strict: only what {@link encode} would write, so that one signature has one spelling. */
export function decode(text: string, encoding: Encoding): Uint8Array | undefined {
  const bytes = Buffer.from(text, encoding);
  return bytes.length > 0 && bytes.toString(encoding) === text ? bytes : undefined;
}

/** The key bytes of a configured secret; none when it cannot be one. */
export function keyOf(secret: string, form: KeyForm): readonly Uint8Array[] {
  const key = form === 'utf8' ? Buffer.from(secret) : decode(secret, 'base64');
  return key && key.length > 0 ? [key] : [];
}

const blind = createSecretKey(randomBytes(32));

/** Compares under a key that nobody knows: constant time, also for unequal lengths, and never throws. */
export function same(left: Uint8Array, right: Uint8Array): boolean {
  return timingSafeEqual(hmac('sha256', blind, left), hmac('sha256', blind, right));
}

/** As {@link same}, for digests: their length is public, so it needs no blinding, which costs two of them. */
export function sameDigest(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
