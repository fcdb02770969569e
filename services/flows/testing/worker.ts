import { SocleError } from '@socle/kernel';
import { openDatabase } from '@socle/service-database';
import { assemble } from './assemble.ts';
import { orderFlow } from './order-flow.ts';

/**
 * A worker as its own process: `<databaseUrl> <recorderUrl>`. Each call is a POST to the recorder with the
 * idempotency key and this process's id; what the recorder answers is the call's output.
 */
const [databaseUrl, recorderUrl = ''] = process.argv.slice(2);
const silent = (): void => undefined;
const database = await openDatabase({
  home: '/nonexistent',
  databaseUrl,
  log: { debug: silent, info: silent, warn: silent, error: silent },
});
const worker = assemble(database, {
  flows: [orderFlow],
  retrying: { firstDelayMs: 50, maxDelayMs: 500 },
  call: async ({ idempotencyKey: key, signal }) => {
    try {
      const body = JSON.stringify({ key, pid: process.pid });
      const answer = await fetch(recorderUrl, { method: 'POST', body, signal });
      return await answer.json();
    } catch (error) {
      throw new SocleError('unavailable', 'the recorder is away', {}, error);
    }
  },
});
await worker.start();
console.log('ready');
