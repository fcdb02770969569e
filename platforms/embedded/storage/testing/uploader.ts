import { type Host, type Log, systemClock } from '@socle/kernel';
import { openDatabase } from '@socle/service-database';
import { create } from '../../storage.ts';

/**
 * A process that uploads one object and is meant to be killed: `<database url> <files folder> <key> <megabytes>`.
 * Without megabytes the body never ends.
 */
const [databaseUrl = '', filesDir = '', key = '', megabytes] = process.argv.slice(2);
const ignore = (): void => {};
const quiet: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const database = await openDatabase({ home: filesDir, databaseUrl, log: quiet });
const host: Host = {
  fetch,
  connect: () => {},
  clock: systemClock,
  log: quiet,
  local: () => ({
    sql: database.sql,
    listen: database.listen,
    filesDir,
    publicBaseUrl: 'http://127.0.0.1',
    selfBaseUrl: 'http://127.0.0.1',
  }),
};
let left = megabytes === undefined ? 3 : Number(megabytes);
const body = new ReadableStream<Uint8Array>({
  pull: async (controller) => {
    if (left > 0) controller.enqueue(new Uint8Array(1024 * 1024));
    else if (megabytes === undefined) await new Promise(() => {});
    else controller.close();
    left -= 1;
  },
});
const call = { signal: new AbortController().signal, idempotencyKey: 'upload' };
await create({}, host).put({ key, body, contentType: 'application/octet-stream' }, call);
console.log('stored');
