import { createServer } from 'node:http';
import { type Log, systemClock } from '@socle/kernel';
import { openDatabase } from '@socle/service-database';
import { createEventStore } from '@socle/service-events';
import { createInbox } from '@socle/service-inbox';

/** The inbox behind a bare HTTP server: `<databaseUrl> <secret>`. Prints its URL when it listens. */
const [databaseUrl, secret = ''] = process.argv.slice(2);
const silent = (): void => undefined;
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };
const database = await openDatabase({ home: '/nonexistent', databaseUrl, log });
const inbox = createInbox({
  database,
  events: createEventStore({ database }),
  platforms: () => ({
    webhook: {
      schemes: [{ family: 'timestamped', header: 'stripe-signature', toleranceSeconds: 300 }],
      deliveryId: ({ body }) => (body as { id: string }).id,
      eventType: ({ body }) => (body as { type: string }).type,
      toEvents: () => [],
    },
    secrets: [secret],
    publicUrl: 'http://127.0.0.1/',
  }),
  clock: systemClock,
  log,
});
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const headers = request.headers as Record<string, string | undefined>;
    inbox.receive('bench', { headers, body: Buffer.concat(chunks) }).then(
      ({ status }) => response.end(status),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') console.log(`http://127.0.0.1:${address.port}/`);
});
