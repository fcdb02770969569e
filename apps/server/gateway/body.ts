import type { IncomingMessage } from 'node:http';
import { HttpProblem } from './problems.ts';

/**
 * Reads a body up to `maxBytes`. A declared length beyond it is refused before a byte is read,
 * an undeclared one as soon as it is passed.
 */
export function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = (): HttpProblem => new HttpProblem(413, `the body has more than ${maxBytes} bytes`);
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) {
        incoming.off('data', onData).pause();
        reject(tooLarge());
      } else chunks.push(chunk);
    };
    incoming
      .on('data', onData)
      .once('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
      .once('error', reject)
      .once('close', () => reject(new HttpProblem(400, 'the body broke off')));
  });
}

/** Parsed JSON; an empty body is an empty object. */
export async function readJson(incoming: IncomingMessage, maxBytes: number): Promise<unknown> {
  const bytes = await readBody(incoming, maxBytes);
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new HttpProblem(400, 'the body is not JSON');
  }
}
