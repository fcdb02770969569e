import {
  type ErrorCode,
  fromTransportFailure,
  fromVendorAnswer,
  isSocleError,
  SocleError,
} from '@socle/kernel';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, read 2026-11-21. Others go by their status. */
const BY_NAME: Readonly<Record<string, ErrorCode>> = {
  NoSuchKey: 'not_found',
  NoSuchVersion: 'not_found',
  NotFound: 'not_found',
  NoSuchBucket: 'misconfigured',
  InvalidBucketName: 'misconfigured',
  InvalidAccessKeyId: 'misconfigured',
  SignatureDoesNotMatch: 'misconfigured',
  AuthorizationHeaderMalformed: 'misconfigured',
  // B2's word for an unknown key
  InvalidToken: 'misconfigured',
  ExpiredToken: 'misconfigured',
  PermanentRedirect: 'misconfigured',
  TemporaryRedirect: 'unavailable',
  IllegalLocationConstraintException: 'misconfigured',
  // this machine's clock is wrong
  RequestTimeTooSkewed: 'misconfigured',
  AccountProblem: 'misconfigured',
  AllAccessDisabled: 'misconfigured',
  InvalidObjectState: 'precondition_failed',
  PreconditionFailed: 'precondition_failed',
  ConditionalRequestConflict: 'conflict',
  OperationAborted: 'conflict',
  SlowDown: 'rate_limited',
  RequestLimitExceeded: 'rate_limited',
  TooManyRequests: 'rate_limited',
  ThrottlingException: 'rate_limited',
  ServiceUnavailable: 'unavailable',
  InternalError: 'unavailable',
  RequestTimeout: 'unavailable',
  // an upload of ours that somebody else ended
  NoSuchUpload: 'unavailable',
  EntityTooLarge: 'invalid_argument',
  InvalidRange: 'invalid_argument',
  InvalidArgument: 'invalid_argument',
  KeyTooLongError: 'invalid_argument',
  NotImplemented: 'unsupported',
  MethodNotAllowed: 'unsupported',
  QuotaExceeded: 'quota_exceeded',
  StorageQuotaExceeded: 'quota_exceeded',
};

interface S3Failure extends Error {
  readonly $metadata: { readonly httpStatusCode: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Pure and total. Free of the SDK's classes, so that the manifest does not load the SDK to map an error. */
export function toError(thrown: unknown): SocleError {
  if (isSocleError(thrown)) return thrown;
  if (!isS3Failure(thrown)) {
    return fromTransportFailure(thrown) ?? new SocleError('internal', 'the S3 adapter failed', {}, thrown);
  }
  const { httpStatusCode: status, requestId } = thrown.$metadata;
  if (status < 300) {
    // the answer was cut off, or it is not what S3 answers; an error told after status 200 keeps its name
    const lost = fromTransportFailure(thrown);
    if (lost) return lost;
    if (!(thrown.name in BY_NAME))
      return new SocleError('vendor_contract', `S3 answered something unreadable with HTTP ${status}`);
  }
  const headers = thrown.$response?.headers;
  // No cause: the SDK's error holds the request, with its signature.
  return fromVendorAnswer(
    {
      status,
      message: `S3 refused: ${thrown.name}, ${thrown.message}`,
      code: thrown.name,
      ...(requestId ? { requestId } : {}),
      headers: { get: (name) => headers?.[name] ?? null },
    },
    codeOf(thrown, status),
  );
}

function codeOf({ name, message }: Error, status: number): ErrorCode | undefined {
  // Backblaze B2 calls its caps AccessDenied (read 2026-11-21)
  if (status === 403 && /cap exceeded/i.test(message)) return 'quota_exceeded';
  if (BY_NAME[name]) return BY_NAME[name];
  return status >= 300 && status < 400 ? 'misconfigured' : undefined;
}

function isS3Failure(thrown: unknown): thrown is S3Failure {
  if (!(thrown instanceof Error)) return false;
  const { $metadata } = thrown as { $metadata?: { httpStatusCode?: unknown } };
  return typeof $metadata?.httpStatusCode === 'number';
}
