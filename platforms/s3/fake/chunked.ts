import { Refusal } from './refusal.ts';

/** Unpacks `aws-chunked` with an unsigned trailer: how SDKs send streams with a checksum behind them. */
export function unpack(body: Buffer, payload: string | string[] | undefined): Buffer {
  if (payload !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return body;
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.subarray(at, end).toString('latin1'), 16);
    if (end < 0 || Number.isNaN(size))
      throw new Refusal(400, 'IncompleteBody', 'The body is not aws-chunked.');
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
}
