import { SocleError } from '@socle/kernel';
import { cacheConformance } from '@socle/port-cache/conformance';
import { createTestDatabase } from '@socle/service-database/testing';
import { create } from './cache.ts';
import { embedded } from './platform.ts';

cacheConformance({
  name: 'embedded',
  capabilities: ['publish-subscribe', 'rankings'],
  async start() {
    const dir = new URL('./schema', import.meta.url).pathname;
    const database = await createTestDatabase({ migrations: [{ owner: 'embedded', dir }] });
    let now = Date.now();
    const ignore = (): void => {};
    const host = {
      fetch,
      connect: ignore,
      clock: { now: () => new Date(now) },
      log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
      local: () => ({
        sql: database.sql,
        listen: (channel: string, onNotice: (payload: string) => void) => database.listen(channel, onNotice),
        filesDir: '/nonexistent',
        publicBaseUrl: 'http://localhost:5000',
        selfBaseUrl: 'http://127.0.0.1:5000',
      }),
    };
    return {
      adapter: create({}, host),
      second: create({}, host),
      capabilities: ['publish-subscribe', 'rankings'],
      toError: (thrown) => (thrown instanceof SocleError ? thrown : embedded.toError(thrown)),
      pass: async (ms) => {
        now += ms;
      },
      close: () => database.drop(),
    };
  },
});
