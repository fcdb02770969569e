import {
  type ErrorCode,
  fromTransportFailure,
  fromVendorAnswer,
  isSocleError,
  SocleError,
} from '@socle/kernel';
import type { ErrorResponse } from 'resend';

/** Exhaustive: an error name that a new SDK version brings breaks the build. */
const BY_NAME = {
  invalid_idempotency_key: 'invalid_argument',
  validation_error: 'invalid_argument',
  missing_api_key: 'misconfigured',
  restricted_api_key: 'misconfigured',
  invalid_api_key: 'misconfigured',
  not_found: 'not_found',
  method_not_allowed: 'vendor_contract',
  invalid_idempotent_request: 'conflict',
  // The first attempt with this key is still under way: repeating later gives its result.
  concurrent_idempotent_requests: 'unavailable',
  invalid_attachment: 'invalid_argument',
  invalid_from_address: 'invalid_argument',
  invalid_access: 'invalid_argument',
  invalid_parameter: 'invalid_argument',
  invalid_region: 'invalid_argument',
  missing_required_field: 'invalid_argument',
  monthly_quota_exceeded: 'quota_exceeded',
  daily_quota_exceeded: 'quota_exceeded',
  rate_limit_exceeded: 'rate_limited',
  security_error: 'declined',
  application_error: 'unavailable',
  internal_server_error: 'unavailable',
} as const satisfies Record<ErrorResponse['name'], ErrorCode>;

/** What Resend answered instead of a result. */
export class ResendRefusal extends Error {
  readonly status: number;
  readonly vendorName: string | undefined;
  readonly headers: Headers;

  constructor(
    status: number,
    body: { readonly name?: unknown; readonly message?: unknown },
    headers: Headers,
  ) {
    super(typeof body.message === 'string' ? body.message : `Resend answered HTTP ${status}`);
    this.name = 'ResendRefusal';
    this.status = status;
    this.vendorName = typeof body.name === 'string' ? body.name : undefined;
    this.headers = headers;
  }
}

/** Pure and total. */
export function toError(thrown: unknown): SocleError {
  if (isSocleError(thrown)) return thrown;
  if (!(thrown instanceof ResendRefusal)) {
    return (
      fromTransportFailure(thrown) ?? new SocleError('internal', 'the Resend adapter failed', {}, thrown)
    );
  }
  const { status, message, vendorName, headers } = thrown;
  const code = codeOf(thrown);
  const answer = { status, message, headers, ...(vendorName === undefined ? {} : { code: vendorName }) };
  const error = fromVendorAnswer(answer, code);
  return status < 500 && code === 'unavailable' ? error.with({ applied: 'no' }) : error;
}

/**
 * `validation_error` is also what Resend says of a bad key (resend-node#617, 2025-09-05) and of a sender
 * whose domain is not verified: both are for the operator to set right.
 */
function codeOf({ status, message, vendorName }: ResendRefusal): ErrorCode | undefined {
  if (vendorName === undefined || !(vendorName in BY_NAME)) return undefined;
  const isOurs = status === 401 || status === 403 || /api key is invalid/i.test(message);
  if (vendorName === 'validation_error' && isOurs) return 'misconfigured';
  return BY_NAME[vendorName as keyof typeof BY_NAME];
}
