import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** AES-256-GCM under a random nonce. */
export interface Sealed {
  readonly nonce: Buffer;
  /** Ciphertext and its 16-byte tag. */
  readonly sealed: Buffer;
}

const TAG_BYTES = 16;

/** The key that seals values. Master keys have any form; they must be random, as no slow hash protects a guessable one. */
export function deriveKey(masterKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', masterKey, '', 'socle vault', 32));
}

/** `name` is authenticated along with the value: a row's content under another name does not open. */
export function seal(key: Buffer, name: string, value: string): Sealed {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(name));
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return { nonce, sealed: Buffer.concat([text, cipher.getAuthTag()]) };
}

/** Throws when the key, the name or a single bit is another. */
export function unseal(key: Buffer, name: string, { nonce, sealed }: Sealed): string {
  const tag = sealed.subarray(-TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(name))
    .setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
}
