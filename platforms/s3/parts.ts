import { SocleError } from '@socle/kernel';

/** All but the last must be equally long (R2) and at least 5 MiB; S3 takes 10,000, so 80 GiB at most. */
const PART_BYTES = 8 * 1024 * 1024;

interface Source {
  readonly body: string | Uint8Array | ReadableStream<Uint8Array>;
  readonly maxBytes: number | undefined;
  readonly signal: AbortSignal;
}

export interface Part {
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/** Cuts a body; at least one part, and one alone unless it is a stream. Throws once it is longer than `maxBytes`. */
export async function* partsOf({ body, maxBytes, signal }: Source): AsyncGenerator<Part, never> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let total = 0;
  const isStream = body instanceof ReadableStream;
  for await (const chunk of chunksOf(body, signal)) {
    total += chunk.byteLength;
    if (maxBytes !== undefined && total > maxBytes) {
      throw refuse(`the object is larger than ${maxBytes} bytes`);
    }
    held.push(chunk);
    heldBytes += chunk.byteLength;
    while (isStream && heldBytes > PART_BYTES) {
      const all = Buffer.concat(held);
      yield { bytes: all.subarray(0, PART_BYTES), isLast: false };
      held = [all.subarray(PART_BYTES)];
      heldBytes -= PART_BYTES;
    }
  }
  yield { bytes: held.length === 1 && held[0] ? held[0] : Buffer.concat(held), isLast: true };
  return undefined as never;
}

/** What is wrong with the caller's own input, found before the vendor stored anything. */
export function refuse(message: string): SocleError {
  return new SocleError('invalid_argument', message, { applied: 'no' });
}

async function* chunksOf(body: Source['body'], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  if (!(body instanceof ReadableStream)) {
    yield typeof body === 'string' ? new TextEncoder().encode(body) : body;
    return;
  }
  if (body.locked) throw refuse('the body was already read · give a fresh stream');
  const reader = body.getReader();
  const stop = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // the sender of a body that is refused must not wait for us to read on
    await reader.cancel().catch(() => undefined);
  }
}
