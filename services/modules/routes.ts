import type { Clock, Sql } from '@socle/kernel';

/** Where in its chain a write was last begun: survives the process. */
export interface Routes {
  at(key: string): Promise<string | undefined>;
  /** Committed before the call goes on to `platform`. */
  goOn(key: string, platform: string): Promise<void>;
}

export function createRoutes({ sql }: { sql: Sql }): Routes {
  return {
    async at(key) {
      const [row] = await sql.query<{ platform: string }>(
        'select platform from socle.call_routes where idempotency_key = $1',
        [key],
      );
      return row?.platform;
    },
    async goOn(key, platform) {
      await sql.query(
        `insert into socle.call_routes (idempotency_key, platform) values ($1, $2)
         on conflict (idempotency_key) do update set platform = excluded.platform, chosen_at = now()`,
        [key, platform],
      );
    },
  };
}

/** Forgets what nobody repeats any more. */
export async function sweepCalls({ sql, clock }: { sql: Sql; clock: Clock }, days = 30): Promise<void> {
  const before = new Date(clock.now().getTime() - days * 86_400_000);
  await sql.query('delete from socle.call_routes where chosen_at < $1', [before]);
  await sql.query("delete from socle.deferred_calls where state <> 'waiting' and finished_at < $1", [before]);
  await sql.query('delete from socle.call_counts where hour < $1', [before]);
}
