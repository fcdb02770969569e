import type { Sql } from '@socle/kernel';
import type pg from 'pg';
import { toDatabaseError } from './errors.ts';

/** The kernel's `Sql` on a pool: single statements commit by themselves. */
export function sqlOn(pool: pg.Pool): Sql {
  return {
    query: async <Row extends object>(text: string, params: readonly unknown[] = []) => {
      try {
        return (await pool.query<Row & pg.QueryResultRow>(text, [...params])).rows;
      } catch (error) {
        throw toDatabaseError(error, 'unknown');
      }
    },
    transaction: (work) => inTransaction(pool, work),
  };
}

async function inTransaction<T>(pool: pg.Pool, work: (sql: Sql) => Promise<T>): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw toDatabaseError(error, 'no');
  }
  // a connection that breaks while no query is under way would otherwise throw out of nowhere
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  let committing = false;
  try {
    await client.query('begin');
    const result = await work(sqlOf(client, 1));
    committing = true;
    await client.query('commit');
    return result;
  } catch (error) {
    if (!committing) {
      await client.query('rollback').catch((failure: Error) => {
        broken ??= failure;
      });
    } else broken ??= error as Error;
    throw toDatabaseError(error, committing ? 'unknown' : 'no');
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

/** `Sql` inside a transaction; a transaction in it is a savepoint. */
function sqlOf(client: pg.PoolClient, depth: number): Sql {
  return {
    query: async <Row extends object>(text: string, params: readonly unknown[] = []) => {
      try {
        return (await client.query<Row & pg.QueryResultRow>(text, [...params])).rows;
      } catch (error) {
        throw toDatabaseError(error, 'no');
      }
    },
    transaction: async (work) => {
      const savepoint = `socle_${depth}`;
      await client.query(`savepoint ${savepoint}`);
      try {
        const result = await work(sqlOf(client, depth + 1));
        await client.query(`release savepoint ${savepoint}`);
        return result;
      } catch (error) {
        await client.query(`rollback to savepoint ${savepoint}`).catch(() => undefined);
        throw error;
      }
    },
  };
}
