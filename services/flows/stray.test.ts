import { SocleError, type Sql } from '@socle/kernel';
import type { TestDatabase } from '@socle/service-database/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Assembly, assemble } from './testing/assemble.ts';
import { createFlowDatabase } from './testing/harness.ts';
import { orderFlow } from './testing/order-flow.ts';

let database: TestDatabase;
let worker: Assembly | undefined;
beforeEach(async () => {
  database = await createFlowDatabase();
});
afterEach(async () => {
  await worker?.stop();
  await database.drop();
});

/** A database that once does what it was asked and is not heard of: a connection that broke at that moment. */
function breaking(breaksAt: (text: string) => boolean): { sql: Sql; broken(): boolean } {
  let left = 1;
  const query: Sql['query'] = async (text, params) => {
    const rows = await database.sql.query(text, params);
    if (left > 0 && rows.length > 0 && breaksAt(text)) {
      left -= 1;
      throw new SocleError('unavailable', 'the connection broke', { applied: 'unknown' });
    }
    return rows as never;
  };
  return { sql: { ...database.sql, query }, broken: () => left === 0 };
}

test.each([
  ['a claim whose answer was lost', 'with due as'],
  ['a move whose answer was lost', 'with given as'],
])(
  'a worker that lives goes on with its run after %s',
  async (_name, statement) => {
    const { sql, broken } = breaking((text) => text.trimStart().startsWith(statement));
    const keys: string[] = [];
    worker = assemble(
      { ...database, sql },
      {
        flows: [orderFlow],
        call: async ({ idempotencyKey }) => {
          keys.push(idempotencyKey);
          return { messageId: 'm', acceptedAt: '2026-11-21T10:00:00Z' };
        },
      },
    );
    await worker.start();
    await worker.happen('t1');
    const states = async () => (await worker?.engine.runs())?.items.map((run) => run.state);
    await expect.poll(states, { timeout: 12_000, interval: 100 }).toEqual(['succeeded']);
    expect(broken()).toBe(true);
    expect(new Set(keys).size).toBe(2);
  },
  30_000,
);

test('a worker stops also while the database is away', async () => {
  let away = false;
  const query: Sql['query'] = async (text, params) => {
    if (away) throw new SocleError('unavailable', 'the database is away', { applied: 'no' });
    return (await database.sql.query(text, params)) as never;
  };
  const { engine } = assemble({ ...database, sql: { ...database.sql, query } }, { flows: [orderFlow] });
  engine.start();
  const leases = () => database.sql.query('select 1 from socle.flow_workers');
  await expect.poll(leases).toHaveLength(1);
  away = true;
  await expect(engine.stop()).resolves.toBeUndefined();
});
