import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host, Upkeep } from '@socle/kernel';
import { placesOf } from './context.ts';

/** A younger file may belong to an upload that is about to be committed. */
const GRACE_MS = 3_600_000;

export const storageUpkeep: readonly Upkeep<object>[] = [
  { everySeconds: 3600, run: (_settings, host, signal) => removeOrphans(host, signal) },
];

/** Removes files that no object names: crashed uploads, and contents whose removal was cut off. */
export async function removeOrphans(host: Host, signal: AbortSignal): Promise<void> {
  const places = placesOf(host);
  for (const name of await namesIn(places.uploads)) {
    await removeIfOld(host, join(places.uploads, name));
  }
  for (const folder of await namesIn(places.objects)) {
    if (signal.aborted) return;
    const files = (await namesIn(places.at(folder))).map((name) => `${folder}/${name}`);
    const rows = await host
      .local()
      .sql.query<{ file: string }>('select file from socle_embedded.objects where file = any($1)', [files]);
    const named = new Set(rows.map(({ file }) => file));
    for (const file of files) if (!named.has(file)) await removeIfOld(host, places.at(file));
  }
}

async function removeIfOld(host: Host, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found || found.mtimeMs > host.clock.now().getTime() - GRACE_MS) return;
  await rm(path, { force: true });
  host.log.info({ bytes: found.size }, 'removed a file that no object names');
}

async function namesIn(path: string): Promise<readonly string[]> {
  return readdir(path).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return [];
    throw thrown;
  });
}
