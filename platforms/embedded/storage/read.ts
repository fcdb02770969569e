import { type FileHandle, open } from 'node:fs/promises';
import type { Host } from '@socle/kernel';
import { type Info, infoOf, type ObjectRow, placesOf, refuse, toDiskError } from './context.ts';

/** Both inclusive; without `end`, to the end of the object. */
export interface Range {
  readonly start: number;
  readonly end?: number | undefined;
}

export interface Opened extends Info {
  readonly body: ReadableStream<Uint8Array>;
  /** What of the object the body holds. */
  readonly part: { readonly start: number; readonly length: number };
}

const CHUNK_BYTES = 64 * 1024;

export async function findObject(host: Host, key: string): Promise<ObjectRow> {
  const [row] = await host
    .local()
    .sql.query<ObjectRow>('select * from socle_embedded.objects where key = $1', [key]);
  if (!row) throw refuse('not_found', 'no such object');
  return row;
}

/** Opens an object. Its file stays readable until the body ends, even when the object is replaced meanwhile. */
export async function openObject(
  host: Host,
  { key, range, signal }: { key: string; range?: Range | undefined; signal: AbortSignal },
): Promise<Opened> {
  for (let attempt = 1; ; attempt += 1) {
    const row = await findObject(host, key);
    const info = infoOf(row);
    const part = partOf(info.sizeBytes, range);
    try {
      const handle = await open(placesOf(host).at(row.file), 'r');
      return { ...info, part, body: streamOf(handle, { ...part, signal }) };
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw toDiskError(thrown);
      // replaced between the row and the file: the row that is there now has a file
      if (attempt === 5) throw refuse('internal', 'the content is not on this machine · use s3 with several');
    }
  }
}

/** Throws `invalid_argument` for a range that holds no byte of the object. */
export function partOf(sizeBytes: number, range: Range | undefined): { start: number; length: number } {
  if (!range) return { start: 0, length: sizeBytes };
  const { start } = range;
  const end = Math.min(range.end ?? Number.POSITIVE_INFINITY, sizeBytes - 1);
  if (start > end) throw refuse('invalid_argument', `the range holds nothing of ${sizeBytes} bytes`);
  return { start, length: end - start + 1 };
}

/** The first piece is read at once, so that only larger objects hold a file open for whoever reads slowly. */
function streamOf(
  handle: FileHandle,
  { start, length, signal }: { start: number; length: number; signal: AbortSignal },
): ReadableStream<Uint8Array> {
  let position = start;
  const end = start + length;
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', stop);
    await handle.close().catch(() => undefined);
  };
  const stop = (): void => void close();
  signal.addEventListener('abort', stop, { once: true });
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        signal.throwIfAborted();
        const chunk = new Uint8Array(Math.min(CHUNK_BYTES, end - position));
        const { bytesRead } = await handle.read(chunk, 0, chunk.byteLength, position);
        if (bytesRead === 0 && position < end) throw new Error('the file is shorter than its object');
        position += bytesRead;
        if (bytesRead > 0) controller.enqueue(chunk.subarray(0, bytesRead));
        if (position < end) return;
        await close();
        controller.close();
      } catch (thrown) {
        await close();
        throw thrown;
      }
    },
    cancel: close,
  });
}
