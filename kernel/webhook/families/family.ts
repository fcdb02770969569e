import type { SignedRequest } from '../scheme.ts';

/** Header names, lower case. A scheme applies when a delivery has all of them. */
export interface HeaderNames {
  readonly signature: string;
  readonly timestamp?: string;
  readonly id?: string;
}

/** What a delivery says of itself. */
export interface Claim {
  readonly signatures: readonly Uint8Array[];
  /** As it is signed. */
  readonly timestamp?: string;
  readonly id?: string;
}

type Content = Pick<SignedRequest, 'body' | 'url'>;

/** One way of signing, for the verifier and the signer alike. */
export interface Family<Scheme> {
  headers(scheme: Scheme): HeaderNames;
  /** Undefined: malformed. */
  read(scheme: Scheme, values: Readonly<Record<keyof HeaderNames, string>>): Claim | undefined;
  /** Keys that a configured secret stands for; none when it is unusable. */
  keys(scheme: Scheme, secret: string): readonly Uint8Array[];
  /** Every digest that the vendor may have made; the first is the regular one. */
  digests(
    scheme: Scheme,
    key: Uint8Array,
    content: Content,
    claim: Omit<Claim, 'signatures'>,
  ): readonly Uint8Array[];
  /** The signature header's value. */
  write(scheme: Scheme, digest: Uint8Array, timestamp: string): string;
}
