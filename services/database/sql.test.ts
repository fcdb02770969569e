import { createServer, connect as dial, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { createTestDatabase, quiet, type TestDatabase } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql.query('create table notes (id int primary key)');
});
afterAll(() => database.drop());

const ids = async (): Promise<number[]> =>
  (await database.sql.query<{ id: number }>('select id from notes order by id')).map(({ id }) => id);

/** The same database through a proxy whose connections can be cut. */
async function openThroughProxy() {
  const target = new URL(database.url);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = dial(Number(target.port), '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(database.url);
  url.port = String(typeof address === 'object' && address ? address.port : 0);
  const through = await openDatabase({ home: '/nonexistent', databaseUrl: url.href, log: quiet });
  return {
    through,
    cut: () => {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    close: async () => {
      await through.close();
      server.close();
    },
  };
}

test('a transaction commits as a whole; one inside it can fail alone', async () => {
  await database.sql.transaction(async (sql) => {
    await sql.query('insert into notes values (1)');
    const inner = sql.transaction(async (deeper) => {
      await deeper.query('insert into notes values (2)');
      await deeper.query('insert into notes values (1)');
    });
    await expect(inner).rejects.toMatchObject({ code: '23505' });
    await sql.query('insert into notes values (3)');
  });
  expect(await ids()).toEqual([1, 3]);
  const failing = database.sql.transaction(async (sql) => {
    await sql.query('insert into notes values (4)');
    throw new Error('changed my mind');
  });
  await expect(failing).rejects.toThrow('changed my mind');
  expect(await ids()).toEqual([1, 3]);
});

test('a connection that breaks says whether the work can have been done', async () => {
  const { through, cut, close } = await openThroughProxy();
  const sleeping = through.sql.query('select pg_sleep(30)');
  await expect
    .poll(() => database.sql.query(`select from pg_stat_activity where query = 'select pg_sleep(30)'`))
    .toHaveLength(1);
  cut();
  await expect(sleeping).rejects.toMatchObject({ code: 'unavailable', details: { applied: 'unknown' } });
  const inTransaction = through.sql.transaction(async (sql) => {
    await sql.query('insert into notes values (5)');
    cut();
    await sql.query('insert into notes values (6)');
  });
  await expect(inTransaction).rejects.toMatchObject({ code: 'unavailable', details: { applied: 'no' } });
  // a commit that takes long: its constraint is checked last
  await database.sql.query(`
    create function dawdle() returns trigger language plpgsql as 'begin perform pg_sleep(30); return null; end';
    create constraint trigger slow after insert on notes deferrable initially deferred
      for each row when (new.id = 7) execute function dawdle()`);
  const committing = through.sql.transaction((sql) => sql.query('insert into notes values (7)'));
  await expect
    .poll(() =>
      database.sql.query(`select from pg_stat_activity where query = 'commit' and state = 'active'`),
    )
    .toHaveLength(1);
  cut();
  await expect(committing).rejects.toMatchObject({ code: 'unavailable', details: { applied: 'unknown' } });
  expect(await through.sql.query('select 1 as one')).toEqual([{ one: 1 }]);
  expect(await ids()).not.toContain(5);
  await close();
});

test('a database that is not there is unavailable, and nothing was done', async () => {
  const url = new URL(database.url);
  url.port = '1';
  await expect(
    openDatabase({ home: '/nonexistent', databaseUrl: url.href, log: quiet }),
  ).rejects.toMatchObject({ code: 'unavailable', details: { applied: 'no' } });
});

test('notices arrive on every channel, again after the connection broke, and not after the end', async () => {
  const { through, cut, close } = await openThroughProxy();
  const told: string[] = [];
  let reconnected = 0;
  await through.listen('a-channel', (payload) => told.push(`a ${payload}`));
  const unlisten = await through.listen(
    'b',
    (payload) => told.push(`b ${payload}`),
    () => {
      reconnected += 1;
    },
  );
  await database.sql.query(`select pg_notify('a-channel', 'one'), pg_notify('b', 'one')`);
  await expect.poll(() => told).toEqual(['a one', 'b one']);
  cut();
  await expect.poll(() => reconnected).toBe(1);
  await unlisten();
  await database.sql.query(`select pg_notify('b', 'two'), pg_notify('a-channel', 'two')`);
  await expect.poll(() => told).toEqual(['a one', 'b one', 'a two']);
  await close();
});

test('a process that stops in the middle of a transaction loses its locks', async () => {
  const [row] = await database.sql.query<{ value: string }>(
    `select current_setting('idle_in_transaction_session_timeout') as value`,
  );
  expect(row?.value).toBe('8s');
});
