import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat, utimes } from 'node:fs/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { create } from '../storage.ts';
import { toDiskError } from './context.ts';
import { type EmbeddedStorage, startEmbeddedStorage } from './testing/harness.ts';
import { removeOrphans } from './upkeep.ts';

const script = fileURLToPath(new URL('./testing/uploader.ts', import.meta.url));
const children: ChildProcess[] = [];
let storage: EmbeddedStorage;

beforeEach(async () => {
  storage = await startEmbeddedStorage();
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
  await storage.close();
});

const call = () => ({ signal: AbortSignal.timeout(30_000), idempotencyKey: crypto.randomUUID() });
const put = (key: string, body: string | ReadableStream<Uint8Array>) =>
  storage.adapter.put({ key, body, contentType: 'text/plain' }, call());
const textAt = async (key: string) => new Response((await storage.adapter.get({ key }, call())).body).text();
const tidy = () => removeOrphans(storage.host, new AbortController().signal);

function upload(key: string, ...more: string[]): ChildProcess {
  const args = [script, storage.database.url, storage.filesDir, key, ...more];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('killed while it uploads: no object, and garbage that upkeep removes an hour later', async () => {
  const child = upload('killed');
  await expect.poll(async () => (await storage.files()).length, { timeout: 20_000 }).toBe(1);
  await kill(child);
  await expect(storage.adapter.head({ key: 'killed' }, call())).rejects.toMatchObject({ code: 'not_found' });
  await tidy();
  expect(await storage.leftovers(), 'a young file may belong to an upload').toBe(1);
  await storage.pass(3_601_000);
  await tidy();
  expect(await storage.files()).toEqual([]);
});

test('killed between file and commit: what was there stays, the new file is garbage', async () => {
  await put('kept', 'before');
  const released = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const lock = storage.database.sql.transaction(async (sql) => {
    await sql.query('lock table socle_embedded.objects in exclusive mode');
    locked.resolve();
    await released.promise;
  });
  await locked.promise;
  try {
    const child = upload('kept', '1');
    const stored = async () => (await storage.files()).filter((path) => path.includes('/objects/')).length;
    await expect.poll(stored, { timeout: 20_000 }).toBe(2);
    await kill(child);
    // PostgreSQL notices that its client is gone only when it writes to it: the statement must not run by then
    await storage.database.sql.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
  } finally {
    released.resolve();
    await lock;
  }
  expect(await textAt('kept')).toBe('before');
  await storage.pass(3_601_000);
  await tidy();
  expect([await textAt('kept'), await storage.leftovers()]).toEqual(['before', 0]);
});

test('upkeep leaves what is named, however old', async () => {
  await put('old', 'content');
  const [path = ''] = await storage.files();
  await utimes(path, 0, 0);
  await tidy();
  expect(await textAt('old')).toBe('content');
});

test('thirty overwrites at once leave one whole object, and nothing after upkeep', async () => {
  await Promise.all(Array.from({ length: 30 }, (_, index) => put('hot', `${index}`.repeat(1000))));
  const text = await textAt('hot');
  const { sizeBytes } = await storage.adapter.head({ key: 'hot' }, call());
  expect(text).toBe(text.slice(0, sizeBytes / 1000).repeat(1000));
  await storage.pass(3_601_000);
  await tidy();
  expect([await storage.leftovers(), await textAt('hot')]).toEqual([0, text]);
});

test('readers never fail while their object is replaced', async () => {
  await put('busy', 'x'.repeat(1000));
  let isDone = false;
  const writers = Promise.all(
    Array.from({ length: 60 }, (_, index) => put('busy', String(index % 10).repeat(1000))),
  ).finally(() => {
    isDone = true;
  });
  while (!isDone) expect(await textAt('busy')).toMatch(/^(.)\1{999}$/);
  await writers;
});

test('a key never becomes a path, even one that came past the contract', async () => {
  const keys = ['../../escaped', '/etc/escaped', 'a/b/escaped', '..'];
  for (const key of keys) await put(key, key);
  const paths = (await storage.files()).map((path) => relative(storage.filesDir, path));
  expect(paths).toHaveLength(keys.length);
  for (const path of paths) expect(path).toMatch(/^objects\/[0-9a-f]{2}\/[0-9a-f-]{36}$/);
  for (const path of await storage.files()) expect((await stat(path)).mode & 0o077).toBe(0);
});

test('ifAbsent refuses what exists before it takes a byte', async () => {
  await put('taken', 'x');
  let pulls = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        pulls += 1;
        controller.enqueue(new Uint8Array(1));
      },
    },
    { highWaterMark: 0 },
  );
  const again = storage.adapter.put({ key: 'taken', body, contentType: 'a/b', ifAbsent: true }, call());
  await expect(again).rejects.toMatchObject({ code: 'precondition_failed' });
  expect(pulls).toBe(0);
});

test('a stream that was read already is refused by name', async () => {
  const { body } = new Response('once');
  await put('first', body as ReadableStream<Uint8Array>);
  const used = new Response('twice').body as ReadableStream<Uint8Array>;
  used.getReader();
  await expect(put('second', used)).rejects.toMatchObject({ code: 'invalid_argument' });
});

test('a disk that cannot be used is the operator’s to mend, and its path is not told', async () => {
  await put('file', 'x');
  const [path = ''] = await storage.files();
  const local = storage.host.local();
  const host = { ...storage.host, local: () => ({ ...local, filesDir: path }) };
  const refused = create({}, host).put({ key: 'a', body: 'x', contentType: 'text/plain' }, call());
  await expect(refused).rejects.toMatchObject({ code: 'misconfigured', details: { applied: 'no' } });
  await expect(refused).rejects.not.toThrow(path);
  expect(toDiskError(Object.assign(new Error('full'), { code: 'ENOSPC' }))).toMatchObject({
    code: 'quota_exceeded',
  });
});

test('an object whose file another machine has says so', async () => {
  await put('elsewhere', 'x');
  const local = storage.host.local();
  const host = { ...storage.host, local: () => ({ ...local, filesDir: `${local.filesDir}-other` }) };
  const read = create({}, host).get({ key: 'elsewhere' }, call());
  await expect(read).rejects.toThrow(/not on this machine · use s3/);
});
