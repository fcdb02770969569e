import { type ErrorCode, isSocleError, SocleError } from './error.ts';

/** What a vendor answered, as far as an adapter could read it. */
export interface VendorAnswer {
  readonly status: number;
  readonly message: string;
  readonly code?: string;
  readonly requestId?: string;
  readonly headers?: { get(name: string): string | null };
  readonly cause?: unknown;
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_argument',
  401: 'misconfigured',
  402: 'declined',
  403: 'permission_denied',
  404: 'not_found',
  405: 'vendor_contract',
  409: 'conflict',
  410: 'not_found',
  412: 'precondition_failed',
  413: 'invalid_argument',
  415: 'vendor_contract',
  422: 'invalid_argument',
  429: 'rate_limited',
};

/** The usual reading of an HTTP answer; `code` overrides it where the vendor's own code says more. */
export function fromVendorAnswer(answer: VendorAnswer, code?: ErrorCode): SocleError {
  const chosen =
    code ?? BY_STATUS[answer.status] ?? (answer.status >= 500 ? 'unavailable' : 'vendor_contract');
  const retryAfterMs = readRetryAfterMs(answer.headers);
  return new SocleError(
    chosen,
    answer.message,
    {
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      // with a time to come back 503 is a refusal; without one a proxy may say it of work that was done
      ...(answer.status === 503 && retryAfterMs !== undefined ? { applied: 'no' as const } : {}),
      vendor: {
        status: answer.status,
        ...(answer.code === undefined ? {} : { code: answer.code }),
        ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }),
      },
    },
    answer.cause,
  );
}

/** `Retry-After` in seconds or as an HTTP date (RFC 9110 §10.2.3). */
export function readRetryAfterMs(headers: VendorAnswer['headers'], now = Date.now()): number | undefined {
  const value = headers?.get('retry-after');
  if (!value) return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, Math.round(ms)) : undefined;
}

/** Nothing was sent: the connection was never made, or its certificate was not accepted. */
const NEVER_CONNECTED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|CERT_\w+|ERR_TLS_CERT_\w+|UNABLE_TO_\w+|(DEPTH_ZERO_)?SELF_SIGNED_CERT\w*)$/;

/**
 * Reads a network failure out of whatever an SDK threw, following `cause`.
 * Returns undefined when the value is not one. A SocleError (egress refusing) comes back as it is.
 */
export function fromTransportFailure(thrown: unknown): SocleError | undefined {
  for (let value = thrown, depth = 0; value && depth < 6; depth += 1) {
    if (isSocleError(value)) return value;
    const { code, name, cause } = value as { code?: unknown; name?: unknown; cause?: unknown };
    if (typeof code === 'string' && NEVER_CONNECTED.test(code)) {
      return new SocleError('unavailable', `cannot reach the vendor (${code})`, { applied: 'no' }, thrown);
    }
    if (typeof code === 'string' && /^(ECONNRESET|ECONNABORTED|EPIPE|EPROTO|ETIMEDOUT|UND_ERR_)/.test(code)) {
      return new SocleError('unavailable', `connection lost (${code})`, { applied: 'unknown' }, thrown);
    }
    if (name === 'AbortError' || name === 'TimeoutError') {
      return new SocleError('timeout', 'the call was cut off', { applied: 'unknown' }, thrown);
    }
    value = cause;
  }
  return undefined;
}
