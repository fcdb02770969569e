import {
  type ErrorCode,
  type ErrorDetails,
  fromTransportFailure,
  isSocleError,
  SocleError,
} from '@socle/kernel';
import type { ErrorCode as ClientCode } from 'nodemailer/lib/errors';

/**
 * Exhaustive: an error code that a new nodemailer brings breaks the build. What a reply of the server says goes first.
 */
const BY_CODE = {
  ECONNECTION: 'unavailable',
  ETIMEDOUT: 'timeout',
  ESOCKET: 'unavailable',
  EDNS: 'unavailable',
  ETLS: 'misconfigured',
  EREQUIRETLS: 'misconfigured',
  EPROTOCOL: 'vendor_contract',
  EENVELOPE: 'invalid_argument',
  EMESSAGE: 'invalid_argument',
  EOTP: 'internal',
  ESTREAM: 'internal',
  EABORT: 'cancelled',
  EAUTH: 'misconfigured',
  ENOAUTH: 'misconfigured',
  EOAUTH2: 'misconfigured',
  EMAXLIMIT: 'unavailable',
  EMAXRECIPIENTS: 'invalid_argument',
  ESENDMAIL: 'internal',
  ESES: 'internal',
  ECONFIG: 'misconfigured',
  EPROXY: 'unavailable',
  EFILEACCESS: 'internal',
  EURLACCESS: 'internal',
  EFETCH: 'internal',
} as const satisfies Record<ClientCode, ErrorCode>;

/** What nodemailer adds to an error, as far as it is read here. */
interface ClientError {
  readonly code: keyof typeof BY_CODE;
  readonly message: string;
  readonly responseCode?: number;
  readonly response?: string;
}

/** A session that failed, and whether the server can have had the whole message by then. */
export class SmtpFailure extends Error {
  readonly wasMessageUnderWay: boolean;

  constructor(cause: unknown, wasMessageUnderWay: boolean) {
    super('the SMTP session failed', { cause });
    this.name = 'SmtpFailure';
    this.wasMessageUnderWay = wasMessageUnderWay;
  }
}

/** Pure and total. */
export function toError(thrown: unknown): SocleError {
  if (isSocleError(thrown)) return thrown;
  const isSession = thrown instanceof SmtpFailure;
  const cause = isSession ? thrown.cause : thrown;
  if (isSocleError(cause)) return cause;
  if (!isClientError(cause)) {
    const lost = fromTransportFailure(cause);
    if (!lost) return new SocleError('internal', 'the SMTP adapter failed', {}, thrown);
    return isSession && !thrown.wasMessageUnderWay ? lost.with({ applied: 'no' }) : lost;
  }
  const { code, responseCode, response = '', message } = cause;
  if (responseCode !== undefined) {
    // Whatever was refused in so many words was not sent. A reply outside 4xx and 5xx refuses nothing.
    const details: ErrorDetails = {
      ...(responseCode >= 400 ? { applied: 'no' as const } : {}),
      vendor: { status: responseCode, code: enhancedOf(response) ?? code },
    };
    return new SocleError(codeOfReply(cause, responseCode), message, details);
  }
  const applied = isSession && thrown.wasMessageUnderWay ? 'unknown' : 'no';
  return new SocleError(BY_CODE[code], message, { applied, vendor: { code } });
}

/** RFC 5321 §4.2 and the enhanced codes of RFC 3463. */
function codeOfReply({ code, response = '' }: ClientError, reply: number): ErrorCode {
  // our own demand for encryption, which this server cannot meet
  if (code === 'ETLS') return 'misconfigured';
  const enhanced = enhancedOf(response) ?? '';
  if (reply < 400 || reply >= 600) return 'vendor_contract';
  if (reply < 500) return enhanced.startsWith('4.7.') ? 'rate_limited' : 'unavailable';
  if (code === 'EAUTH' || reply === 530 || reply === 535 || reply === 538) return 'misconfigured';
  if (reply === 552 || enhanced === '5.3.4') return 'invalid_argument';
  return reply < 510 ? 'vendor_contract' : 'declined';
}

function enhancedOf(response: string): string | undefined {
  return /^\d+[ -](\d\.\d+\.\d+)/.exec(response)?.[1];
}

function isClientError(thrown: unknown): thrown is ClientError {
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    Object.hasOwn(BY_CODE, thrown.code)
  );
}
