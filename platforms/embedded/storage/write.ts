import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Host, SocleError } from '@socle/kernel';
import { newFileName, placesOf, refuse, toDiskError } from './context.ts';

export interface Written {
  /** Relative to the objects folder. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly etag: string;
}

interface Upload {
  readonly body: string | Uint8Array | ReadableStream<Uint8Array>;
  readonly maxBytes: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Brings bytes to the disk for good: a temporary file, synced, then renamed, and the rename synced. Whatever goes
 * wrong before the end leaves no file; a crash leaves one that nothing names, which upkeep removes.
 */
export async function writeFile(host: Host, upload: Upload): Promise<Written> {
  const places = placesOf(host);
  const file = newFileName();
  const target = places.at(file);
  const temporary = join(places.uploads, file.slice(3));
  try {
    await mkdir(places.uploads, { recursive: true, mode: 0o700 });
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    const written = await fill(temporary, upload);
    await rename(temporary, target);
    await syncFolder(dirname(target));
    return { file, ...written };
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw toDiskError(thrown);
  }
}

async function fill(path: string, { body, maxBytes, signal }: Upload): Promise<Omit<Written, 'file'>> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const handle = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of chunksOf(body, signal)) {
      sizeBytes += chunk.byteLength;
      if (maxBytes !== undefined && sizeBytes > maxBytes) {
        throw refuse('invalid_argument', `the object is larger than ${maxBytes} bytes`);
      }
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { sizeBytes, etag: hash.digest('hex') };
}

async function* chunksOf(body: Upload['body'], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  if (!(body instanceof ReadableStream)) {
    yield typeof body === 'string' ? new TextEncoder().encode(body) : body;
    return;
  }
  if (body.locked) throw refuse('invalid_argument', 'the body was already read · give a fresh stream');
  const reader = body.getReader();
  const stop = (): void => void reader.cancel(signal.reason).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((thrown: unknown) => {
        throw new SocleError('cancelled', 'the sender broke off', { applied: 'no' }, thrown);
      });
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // the sender of a body that is refused must not wait for us to read on
    await reader.cancel().catch(() => undefined);
    reader.releaseLock();
  }
}

/** Without this, a power cut after the commit could still lose the name of the file. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
