import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import type { App } from '../compose/app.ts';
import { serve } from '../compose/serve.ts';

export interface TestServer {
  readonly url: string;
  readonly app: App;
  readonly database: TestDatabase;
  /** Every line that was logged. */
  readonly lines: readonly string[];
  /** The way to PostgreSQL, which can be cut. */
  readonly line: Line;
  stop(): Promise<void>;
}

/** A whole Socle in this process, on a database and a folder of its own. */
export async function startTestServer({
  env = {},
  role = 'start',
}: {
  env?: Record<string, string>;
  role?: 'start' | 'server';
} = {}): Promise<TestServer> {
  const database = await createTestDatabase();
  const home = await mkdtemp(join(tmpdir(), 'socle-server-'));
  const line = await openLine(database.url);
  const lines: string[] = [];
  const running = await serve({
    role,
    env: {
      DATABASE_URL: line.url,
      SOCLE_HOME: home,
      PORT: '0',
      SOCLE_LOG_LEVEL: 'debug',
      // The line's far end is in this process too, and the process guard must let it through.
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${new URL(database.url).host}`,
      ...env,
    },
    stream: { write: (one) => void lines.push(one) },
  });
  return {
    url: running.app.addresses.selfBaseUrl,
    app: running.app,
    database,
    lines,
    line,
    async stop() {
      await running.stop();
      await line.close();
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export interface Line {
  readonly url: string;
  /** PostgreSQL is gone: connections break, new ones are refused. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

async function openLine(databaseUrl: string): Promise<Line> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const one of [near, far]) {
      sockets.add(one);
      one
        .on('error', () => near.destroy())
        .on('close', () => [near, far].forEach((each) => void each.destroy()));
    }
    near.pipe(far).pipe(near);
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  await listen(0);
  const { port } = server.address() as { port: number };
  const cut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const one of sockets) one.destroy();
    sockets.clear();
    await closed;
  };
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return { url: url.href, cut, mend: () => listen(port), close: cut };
}
