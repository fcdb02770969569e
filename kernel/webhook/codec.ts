import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Encoding, HashAlgorithm, KeyForm } from './scheme.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Equal or not, in time that depends on neither content nor length. */
export function sameText(left: string, right: string): boolean {
  return timingSafeEqual(digest(left), digest(right));
}

export function hmac(
  key: Uint8Array,
  parts: readonly (string | Uint8Array)[],
  algorithm: HashAlgorithm,
): Buffer {
  const mac = createHmac(algorithm, key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

export function hash(parts: readonly (string | Uint8Array)[], algorithm: HashAlgorithm): Buffer {
  const sum = createHash(algorithm);
  for (const part of parts) sum.update(part);
  return sum.digest();
}

/** Undefined for an empty secret, or for one that is not the base64 it should be: nothing may verify under it. */
export function keyBytes(secret: string, form: KeyForm): Uint8Array | undefined {
  if (secret === '') return undefined;
  if (form === 'utf8') return Buffer.from(secret, 'utf8');
  if (!BASE64.test(secret)) return undefined;
  const key = Buffer.from(secret, 'base64');
  return key.length > 0 ? key : undefined;
}

export function encode(bytes: Buffer, encoding: Encoding): string {
  return bytes.toString(encoding);
}

/** Unix seconds; undefined unless plain digits. */
export function readSeconds(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
