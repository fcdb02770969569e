import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Host } from '@socle/kernel';
import { storage } from '@socle/port-storage';
import type { StorageHarness } from '@socle/port-storage/conformance';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { createPages } from '../../pages.ts';
import { embedded } from '../../platform.ts';
import { create } from '../../storage.ts';

export interface EmbeddedStorage extends StorageHarness {
  readonly host: Host;
  readonly database: TestDatabase;
  readonly filesDir: string;
  /** Absolute paths of every file below the files folder. */
  files(): Promise<readonly string[]>;
}

/** Embedded storage on a database and a folder of its own, its signed URLs on a real local server. */
export async function startEmbeddedStorage(): Promise<EmbeddedStorage> {
  const dir = fileURLToPath(new URL('../../schema', import.meta.url));
  const database = await createTestDatabase({ migrations: [{ owner: 'embedded', dir }] });
  const filesDir = await mkdtemp(join(tmpdir(), 'socle-files-'));
  const lines: string[] = [];
  const line = (fields: object, message: string): void => {
    lines.push(JSON.stringify({ ...fields, message }));
  };
  let baseUrl = '';
  let aheadMs = 0;
  const host: Host = {
    fetch,
    connect: () => {},
    clock: { now: () => new Date(Date.now() + aheadMs) },
    log: { debug: line, info: line, warn: line, error: line },
    local: () => ({
      sql: database.sql,
      listen: database.listen,
      filesDir,
      publicBaseUrl: baseUrl,
      selfBaseUrl: baseUrl,
    }),
  };
  const pages = createPages({}, host);
  const server = createServer(async (incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming;
    const headers = incoming.headers as Record<string, string>;
    const body = ['GET', 'HEAD'].includes(method) ? {} : { body: Readable.toWeb(incoming), duplex: 'half' };
    const response = await pages(
      new Request(`${baseUrl}${url}`, { method, headers, ...body } as RequestInit),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    if (response.body) Readable.fromWeb(response.body as never).pipe(outgoing);
    else outgoing.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const files = async (): Promise<readonly string[]> => {
    const entries = await readdir(filesDir, { recursive: true, withFileTypes: true });
    return entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  };
  return {
    host,
    database,
    filesDir,
    files,
    adapter: create({}, host),
    second: create({}, host),
    capabilities: storage.capabilities,
    toError: embedded.toError,
    pass: async (ms) => {
      aheadMs += ms;
    },
    leftovers: async () => {
      const [row] = await database.sql.query<{ count: number }>(
        'select count(*)::int as count from socle_embedded.objects',
      );
      return (await files()).length - (row?.count ?? 0);
    },
    request: (url, init) => fetch(url, init),
    logged: () => lines.join('\n'),
    secrets: [filesDir],
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await database.drop();
      await rm(filesDir, { recursive: true, force: true });
    },
  };
}
