import { isSocleError, SocleError } from '@socle/kernel';

/** Whether the failed statement can have been committed. */
export type Applied = 'no' | 'unknown';

/** Nothing was sent: there was no connection to send it on. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** SQLSTATE: refused at the door (starting up, shutting down, no slot left). */
const REFUSED: ReadonlySet<string> = new Set(['57P03', '53300']);
/** SQLSTATE of a connection that the server ended, and node's codes of one that broke. */
const LOST = /^(08...|57P0[125]|25P03|ECONN|EPIPE|ETIMEDOUT)/;
/** The driver gives these no code. */
const LOST_MESSAGE = /^(Connection terminated|Client has encountered a connection error|Query read timeout)/;
const NO_SLOT_MESSAGE = /^(timeout exceeded when trying to connect|timeout expired)/;

/**
 * Connection trouble and cut-off statements become a SocleError; everything else, constraint violations
 * among it, comes back as PostgreSQL told it (`code` is the SQLSTATE).
 */
export function toDatabaseError(thrown: unknown, applied: Applied): unknown {
  if (isSocleError(thrown) || !(thrown instanceof Error)) return thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  if (code === '57014')
    return new SocleError('timeout', 'the statement took too long', { applied: 'no' }, thrown);
  if (NEVER_CONNECTED.has(code) || REFUSED.has(code) || NO_SLOT_MESSAGE.test(thrown.message)) {
    return away(thrown, 'no');
  }
  return LOST.test(code) || LOST_MESSAGE.test(thrown.message) ? away(thrown, applied) : thrown;
}

/** Whether nothing is wrong with the statement: the same one may go through later. */
export function isAway(thrown: unknown): boolean {
  return isSocleError(thrown) && (thrown.code === 'unavailable' || thrown.code === 'timeout');
}

function away(cause: Error, applied: Applied): SocleError {
  return new SocleError('unavailable', `the database is away: ${cause.message}`, { applied }, cause);
}
