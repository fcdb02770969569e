import {
  type ErrorCode,
  fromTransportFailure,
  fromVendorAnswer,
  isSocleError,
  SocleError,
} from '@socle/kernel';
import type Stripe from 'stripe';

/** Exhaustive: an error type that a new SDK version brings breaks the build. `status`: the HTTP status says more. */
const BY_TYPE = {
  card_error: 'declined',
  idempotency_error: 'conflict',
  rate_limit_error: 'rate_limited',
  rate_limit: 'rate_limited',
  authentication_error: 'misconfigured',
  api_error: 'status',
  invalid_request_error: 'status',
  invalid_request: 'status',
  invalid_grant: 'misconfigured',
  invalid_client: 'misconfigured',
  invalid_scope: 'permission_denied',
  unsupported_grant_type: 'misconfigured',
  unsupported_response_type: 'misconfigured',
  already_canceled: 'precondition_failed',
  blocked_by_stripe: 'declined',
  cannot_proceed: 'precondition_failed',
  capability_not_enabled: 'permission_denied',
  controlled_by_alternate_resource: 'precondition_failed',
  feature_not_enabled: 'permission_denied',
  financial_account_not_open: 'precondition_failed',
  fx_quote_needs_refresh: 'precondition_failed',
  insufficient_funds: 'declined',
  invalid_payment_method: 'declined',
  invalid_payout_method: 'invalid_argument',
  invalid_vaulted_credential: 'misconfigured',
  not_cancelable: 'precondition_failed',
  quota_exceeded: 'rate_limited',
  recipient_not_notifiable: 'precondition_failed',
  temporary_session_expired: 'precondition_failed',
  verification_attempt_failed: 'declined',
  verification_expired: 'precondition_failed',
  verification_not_initiated: 'precondition_failed',
} as const satisfies Record<Stripe.RawErrorType, ErrorCode | 'status'>;

/** Codes that say more than type and status (https://docs.stripe.com/error-codes, read 2026-11-21). */
const BY_CODE: Readonly<Record<string, ErrorCode>> = {
  resource_missing: 'not_found',
  rate_limit: 'rate_limited',
  lock_timeout: 'rate_limited',
  api_key_expired: 'misconfigured',
  platform_api_key_expired: 'misconfigured',
  secret_key_required: 'misconfigured',
  testmode_charges_only: 'misconfigured',
  livemode_mismatch: 'misconfigured',
  payment_intent_unexpected_state: 'precondition_failed',
  // The first attempt with this key is still under way: repeating later gives its result.
  idempotency_key_in_use: 'unavailable',
};

interface StripeFailure {
  readonly type: string;
  readonly message: string;
  readonly rawType?: string;
  readonly code?: string;
  readonly statusCode?: number;
  readonly requestId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly detail?: unknown;
}

/** Pure and total. Free of the SDK's classes, so that the manifest does not load the SDK to map an error. */
export function toError(thrown: unknown): SocleError {
  if (isSocleError(thrown)) return thrown;
  if (!isStripeFailure(thrown)) {
    return (
      fromTransportFailure(thrown) ?? new SocleError('internal', 'the Stripe adapter failed', {}, thrown)
    );
  }
  if (thrown.statusCode === undefined) {
    const lost = new SocleError('unavailable', 'the connection to Stripe failed', { applied: 'unknown' });
    return fromTransportFailure(thrown.detail) ?? lost;
  }
  const { statusCode: status, message, code, requestId, headers } = thrown;
  // No cause: a StripeError can hold the payment intent with its client secret.
  return fromVendorAnswer(
    {
      status,
      message,
      ...(code ? { code } : {}),
      ...(requestId ? { requestId } : {}),
      headers: { get: (name) => headers?.[name] ?? null },
    },
    codeOf(thrown, status),
  );
}

function codeOf({ code, rawType }: StripeFailure, status: number): ErrorCode | undefined {
  if (code !== undefined && BY_CODE[code]) return BY_CODE[code];
  // A bad key comes as 401 with type invalid_request_error, so the status goes first there.
  if (status === 401 || status === 403 || status === 429) return undefined;
  const byType =
    rawType !== undefined && rawType in BY_TYPE ? BY_TYPE[rawType as keyof typeof BY_TYPE] : 'status';
  return byType === 'status' ? undefined : byType;
}

function isStripeFailure(thrown: unknown): thrown is StripeFailure {
  return thrown instanceof Error && /^Stripe\w*Error$/.test((thrown as { type?: unknown }).type as string);
}
