import { isSocleError, SocleError } from '@socle/kernel';

/** Shorter values would redact half of every ordinary sentence. */
const SHORTEST = 6;
const MASK = '[redacted]';

/** Scrubs secret values from whatever is about to be seen. */
export interface Redactor {
  text(value: string): string;
  /** A copy with every string scrubbed, keys included. */
  value<T>(value: T): T;
  /** The same error, its message and details scrubbed. Its cause stays for the log, which scrubs what it writes. */
  error(error: SocleError): SocleError;
  /** Replaces the secrets when settings change. */
  update(secrets: readonly string[]): void;
}

/**
 * One matcher for all secrets in every form in which they travel. Built once per change of secrets;
 * a text without a secret costs one pass.
 */
export function createRedactor(secrets: readonly string[] = []): Redactor {
  let matcher = compile(secrets);
  // Secrets that were valid a moment ago may still be in flight.
  const seen = new Set(secrets);

  function text(value: string): string {
    return matcher ? value.replace(matcher, MASK) : value;
  }

  function copy(value: unknown, path: readonly unknown[]): unknown {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (path.includes(value)) return '[circular]';
    const inner = [...path, value];
    if (isSocleError(value)) return copy(value.toJSON(), inner);
    if (value instanceof Error) return { name: value.name, message: text(value.message) };
    if (value instanceof Date) return value;
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) return value.map((one) => copy(one, inner));
    if ('toJSON' in value && typeof value.toJSON === 'function') return copy(value.toJSON(), inner);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [text(key), copy(one, inner)]));
  }

  return {
    text,
    value: <T>(value: T): T => (matcher ? (copy(value, []) as T) : value),
    error: (error) =>
      new SocleError(
        error.code,
        text(error.message),
        copy(error.details, []) as SocleError['details'],
        error.cause,
      ),
    update(next) {
      const fresh = next.filter((one) => !seen.has(one));
      if (fresh.length === 0) return;
      for (const one of fresh) seen.add(one);
      matcher = compile([...seen]);
    },
  };
}

function compile(secrets: readonly string[]): RegExp | undefined {
  const forms = new Set(secrets.filter((one) => one.length >= SHORTEST).flatMap(formsOf));
  if (forms.size === 0) return undefined;
  // Longest first: of two that begin alike, the longer one is taken whole.
  const parts = [...forms].sort((a, b) => b.length - a.length).map((one) => quoted(one));
  return new RegExp(parts.join('|'), 'g');
}

/** Everything that `secret` looks like after the usual encoders. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const json = JSON.stringify(secret).slice(1, -1);
  const percent = encodeURIComponent(secret);
  const strictPercent = percent.replace(/[!'()*]/g, (char) => `%${hexOf(char)}`);
  const hex = bytes.toString('hex');
  const html = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  const forms = [
    secret,
    json,
    // JSON in JSON: a vendor's body quoted in a log line
    JSON.stringify(json).slice(1, -1),
    percent,
    strictPercent,
    strictPercent.replaceAll('%20', '+'),
    percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    hex,
    hex.toUpperCase(),
    html,
    html.replaceAll("'", '&#39;'),
    ...base64Forms(bytes),
  ];
  return forms.filter((one) => one.length >= SHORTEST);
}

/**
 * Base64 groups three bytes: in the middle of a longer text (`Basic user:secret`) a secret has one of
 * three spellings, whose first and last characters also depend on the neighbours and are left out.
 */
function base64Forms(bytes: Buffer): string[] {
  const inside = [0, 1, 2].map((shift) => {
    const whole = Buffer.concat([Buffer.alloc(shift), bytes]);
    const from = Math.ceil((shift * 8) / 6);
    return whole.toString('base64').slice(from, Math.floor((whole.length * 8) / 6));
  });
  const plain = bytes.toString('base64');
  const standard = [plain, plain.replace(/=+$/, ''), ...inside];
  return [
    ...standard,
    ...standard.map((one) => one.replaceAll('+', '-').replaceAll('/', '_')),
    ...standard.map((one) => encodeURIComponent(one)),
  ];
}

function hexOf(char: string): string {
  return char.charCodeAt(0).toString(16).toUpperCase();
}

function quoted(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
