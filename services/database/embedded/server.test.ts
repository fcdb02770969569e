import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../database.ts';
import { holdHome } from '../hold.ts';
import { createTestHome, type Member, spawnMember, startMember, type TestHome } from '../testing/home.ts';
import { quiet } from '../testing/log.ts';
import { findPostmaster } from './postmaster.ts';

let home: TestHome;
const members: Member[] = [];
beforeEach(async () => {
  home = await createTestHome();
});
afterEach(async () => {
  await Promise.all(members.splice(0).map((member) => member.kill()));
  await home.remove();
});

const open = async (options?: { hold?: boolean }): Promise<Member> => {
  const member = await startMember(home.path, options);
  members.push(member);
  return member;
};
const server = async () => findPostmaster(await home.dataDir());
const query = async (url: string, text: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

test('processes that open at once share one server; it stops with the last', async () => {
  const [first, second, third] = await Promise.all([open(), open(), open()]);
  expect(first.told).toMatch(/^postgres:\/\/postgres:.+@127\.0\.0\.1:\d+\/postgres$/);
  expect([second.told, third.told]).toEqual([first.told, first.told]);
  await first.leave();
  await second.leave();
  expect(await query(third.told, 'select 1 as one')).toEqual([{ one: 1 }]);
  await third.leave();
  expect(await server()).toBeUndefined();
});

test('the server of a killed process is adopted with its data', async () => {
  const first = await open();
  await query(first.told, 'create table notes as select 1 as id');
  const before = await server();
  await first.kill();
  const second = await open();
  expect((await server())?.pid).toBe(before?.pid);
  expect(await query(second.told, 'select id from notes')).toEqual([{ id: 1 }]);
  await second.leave();
  expect(await server()).toBeUndefined();
});

test('what was committed is there after server and process were killed', async () => {
  const first = await open();
  await query(first.told, 'create table notes as select 1 as id');
  process.kill((await server())?.pid ?? 0, 'SIGSTOP'); // its member must not see it die first
  await first.kill();
  process.kill((await server())?.pid ?? 0, 'SIGKILL');
  const second = await open();
  expect(await query(second.told, 'select id from notes')).toEqual([{ id: 1 }]);
});

test('a server that dies under its members is started again, where they look for it', async () => {
  const database = await openDatabase({ home: home.path, log: quiet });
  try {
    await database.sql.query('create table notes as select 1 as id');
    const told: string[] = [];
    await database.listen('news', (payload) => told.push(payload));
    process.kill((await server())?.pid ?? 0, 'SIGKILL');
    await expect
      .poll(() => database.sql.query('select id from notes').catch(() => []), { timeout: 30_000 })
      .toEqual([{ id: 1 }]);
    await expect
      .poll(() => database.sql.query(`notify news, 'again'`).then(() => told), { timeout: 30_000 })
      .toContain('again');
  } finally {
    await database.close();
  }
  expect(await server()).toBeUndefined();
});

test('a kill while the data folder is made leaves nothing that blocks', async () => {
  const child = spawnMember(home.path);
  const drafts = async () =>
    (await readdir(join(home.path, 'pg')).catch(() => [])).filter((name) => name.startsWith('draft-'));
  await expect.poll(drafts, { interval: 5 }).not.toEqual([]);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const member = await open();
  expect(await query(member.told, 'select 1 as one')).toEqual([{ one: 1 }]);
  await expect.poll(drafts).toEqual([]);
});

test('a stale lock file whose process id belongs to another by now is no obstacle', async () => {
  const first = await open();
  const file = join(await home.dataDir(), 'postmaster.pid');
  const text = await readFile(file, 'utf8');
  await first.leave();
  const stranger = spawn('sleep', ['60'], { detached: true });
  await writeFile(file, text.replace(/^\d+/, String(stranger.pid)));
  try {
    const second = await open();
    expect(await query(second.told, 'select 1 as one')).toEqual([{ one: 1 }]);
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('a terminal that interrupts the whole group does not hit the server', async () => {
  const member = await open();
  const before = await server();
  process.kill(-(member.child.pid ?? 0), 'SIGINT');
  expect(await query(member.told, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(await server()).toEqual(before);
});

test('it listens on loopback only, with a password that others cannot read', async () => {
  const member = await open();
  expect(await query(member.told, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  expect(await query(member.told, 'show fsync')).toEqual([{ fsync: 'on' }]);
  const { mode } = await stat(join(home.path, 'pg', 'password'));
  expect((mode & 0o777).toString(8)).toBe('600');
  const wrong = member.told.replace(/:[^:@]+@/, ':wrong@');
  await expect(query(wrong, 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

describe('one start for a home', () => {
  test('a second is refused and told whom to stop; a killed first does not count', async () => {
    const first = await open({ hold: true });
    const second = await open({ hold: true });
    expect(second.told).toContain(home.path);
    expect(second.told).toContain(`process ${first.child.pid}`);
    expect(second.told).toContain('SOCLE_HOME');
    await first.kill();
    const third = await open({ hold: true });
    expect(third.told).toMatch(/^postgres:/);
  });

  test('it is held again after the server was restarted', async () => {
    const database = await openDatabase({ home: home.path, log: quiet });
    const hold = await holdHome(database);
    try {
      process.kill((await server())?.pid ?? 0, 'SIGKILL');
      const holders = `select count(*)::int as n from pg_locks where locktype = 'advisory' and objsubid = 2`;
      await expect
        .poll(() => database.sql.query(holders).catch(() => []), { timeout: 30_000 })
        .toEqual([{ n: 1 }]);
      await expect(holdHome(database)).rejects.toMatchObject({ code: 'conflict' });
    } finally {
      await hold.release();
      await database.close();
    }
  });
});
