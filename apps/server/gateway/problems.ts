import { type ErrorCode, isSocleError, SocleError } from '@socle/kernel';
import type { Redactor } from '@socle/service-telemetry';

/** The only place where our error codes meet HTTP. */
const STATUS = {
  invalid_argument: 400,
  unauthenticated: 401,
  declined: 402,
  permission_denied: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  rate_limited: 429,
  quota_exceeded: 429,
  cancelled: 499,
  internal: 500,
  misconfigured: 500,
  unsupported: 501,
  outcome_unknown: 502,
  vendor_contract: 502,
  unavailable: 503,
  timeout: 504,
} as const satisfies Record<ErrorCode, number>;

const TITLES: Readonly<Record<ErrorCode, string>> = {
  invalid_argument: 'The request is not valid',
  unauthenticated: 'Nobody is signed in, or the signature is wrong',
  declined: 'The platform declined',
  permission_denied: 'Not allowed',
  not_found: 'Not found',
  conflict: 'In conflict with what is there',
  precondition_failed: 'A precondition does not hold',
  rate_limited: 'Too many requests for the platform',
  quota_exceeded: "The plan's quota is used up",
  cancelled: 'Cancelled by the caller',
  internal: 'Something broke in here',
  misconfigured: 'The configuration is incomplete or wrong',
  unsupported: 'The platform cannot do this',
  outcome_unknown: 'It may have happened',
  vendor_contract: 'The platform answered something unexpected',
  unavailable: 'Not reachable at the moment',
  timeout: 'No answer in time',
};

/** An error of HTTP itself, which has no code of ours. */
export class HttpProblem extends SocleError {
  readonly status: number;
  constructor(status: number, message: string) {
    super('invalid_argument', message);
    this.status = status;
  }
}

export interface ProblemContext {
  readonly requestId: string;
  readonly redactor: Redactor;
}

/** RFC 9457. What is not a SocleError is a bug of ours: its message stays inside. */
export function toProblem(thrown: unknown, { requestId, redactor }: ProblemContext): Response {
  const original = isSocleError(thrown) ? thrown : new SocleError('internal', 'an unexpected error');
  const error = redactor.error(original);
  const { deferredUntil, retryAfterMs, quota } = error.details;
  if (deferredUntil) return json({ deferredUntil, message: error.message }, { status: 202 });
  const status = original instanceof HttpProblem ? original.status : STATUS[error.code];
  const waitMs = retryAfterMs ?? (quota?.resetsAt ? Date.parse(quota.resetsAt) - Date.now() : undefined);
  return json(
    {
      type: `urn:socle:error:${error.code}`,
      title: TITLES[error.code],
      status,
      detail: error.message,
      code: error.code,
      instance: `urn:socle:request:${requestId}`,
      ...(Object.keys(error.details).length > 0 ? { details: error.details } : {}),
    },
    {
      status,
      headers: {
        'content-type': 'application/problem+json',
        ...(waitMs === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) }),
      },
    },
  );
}

export function json(value: unknown, init: ResponseInit = {}): Response {
  return new Response(JSON.stringify(value), {
    ...init,
    headers: { 'content-type': 'application/json', 'x-content-type-options': 'nosniff', ...init.headers },
  });
}
