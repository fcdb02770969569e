import { type ErrorCode, fromTransportFailure, isSocleError, SocleError } from '@socle/kernel';

/** First word of the server's reply, or a sentence where the word is a mere ERR (redis.io/docs, 7 and 8). */
const REPLIES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^(NOAUTH|WRONGPASS)|Client sent AUTH|invalid username-password/i, 'misconfigured'],
  [/^NOPERM/, 'permission_denied'],
  [/^WRONGTYPE|not an integer|would overflow|not a valid float/, 'precondition_failed'],
  [/^OOM|max (daily |monthly )?requests limit exceeded/i, 'quota_exceeded'],
  [
    /^(LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOREPLICAS|MISCONF)|max number of clients/,
    'unavailable',
  ],
  [/^ERR unknown command/, 'unsupported'],
];

export function toError(thrown: unknown): SocleError {
  if (isSocleError(thrown)) return thrown;
  const { name, message } = thrown instanceof Error ? thrown : { name: '', message: String(thrown) };
  if (name === 'ReplyError') {
    const code = REPLIES.find(([pattern]) => pattern.test(message))?.[1] ?? 'vendor_contract';
    // the reply may quote what was sent: its first word is enough
    return new SocleError(code, `Redis refused: ${message.split(' ')[0]}`, { applied: 'no' });
  }
  const transport = fromTransportFailure(thrown);
  if (transport) return transport;
  if (name === 'MaxRetriesPerRequestError' || /Connection is closed|Stream isn't writeable/.test(message))
    return new SocleError('unavailable', 'the connection to Redis was lost', { applied: 'unknown' }, thrown);
  return new SocleError('internal', 'the Redis adapter failed', {}, thrown);
}
