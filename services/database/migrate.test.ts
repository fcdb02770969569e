import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import { createTestDatabase, type TestDatabase } from './testing.ts';

let database: TestDatabase;
let dir: string;
beforeEach(async () => {
  database = await createTestDatabase();
  dir = await mkdtemp(join(tmpdir(), 'migrations-'));
});
afterEach(async () => {
  await database.drop();
  await rm(dir, { recursive: true });
});

const write = (name: string, text: string) => writeFile(join(dir, name), text);
const source = () => [{ owner: 'notes', dir }];
const rows = () => database.sql.query('select id from notes order by id');

test('runs files in order, once, from any number of processes at the same time', async () => {
  await write('0002-fill.sql', 'insert into notes values (1)');
  await write('0001-notes.sql', 'create table notes (id int)');
  await Promise.all(Array.from({ length: 4 }, () => migrate(database, source())));
  expect(await rows()).toEqual([{ id: 1 }]);
  await write('0003-more.sql', 'insert into notes values (2)');
  await migrate(database, source());
  expect(await rows()).toEqual([{ id: 1 }, { id: 2 }]);
});

test('leaves nothing of a file that fails, and tells which line', async () => {
  await write('0001-notes.sql', 'create table notes (id int)');
  await write('0002-bad.sql', 'insert into notes values (1);\ninsert into nots values (2);');
  await expect(migrate(database, source())).rejects.toMatchObject({
    message: expect.stringMatching(/notes\/0002-bad\.sql: .*"nots".*line 2/),
  });
  expect(await rows()).toEqual([]);
});

test('refuses a file that was changed after it ran', async () => {
  await write('0001-notes.sql', 'create table notes (id int)');
  await migrate(database, source());
  await write('0001-notes.sql', 'create table notes (id bigint)');
  await expect(migrate(database, source())).rejects.toMatchObject({ code: 'conflict' });
});

test('policies written for Supabase decide by role and claims', async () => {
  const [mine, theirs] = [randomUUID(), randomUUID()];
  await write(
    '0001-notes.sql',
    `create table notes (id uuid);
     alter table notes enable row level security;
     create policy own on notes for select to authenticated using (id = auth.uid());
     insert into notes values ('${mine}'), ('${theirs}')`,
  );
  await migrate(database, source());
  const seenBy = (role: string, claims: object) =>
    database.sql.transaction(async (sql) => {
      await sql.query(`select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)`, [
        role,
        JSON.stringify(claims),
      ]);
      return sql.query('select id from notes');
    });
  expect(await seenBy('authenticated', { sub: mine })).toEqual([{ id: mine }]);
  expect(await seenBy('authenticated', {})).toEqual([]);
  expect(await seenBy('anon', { sub: mine })).toEqual([]);
  expect(await seenBy('service_role', {})).toHaveLength(2);
});
