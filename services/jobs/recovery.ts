import type { Database } from '@socle/service-database';

/**
 * Frees the jobs that nobody runs any more: locked by a job pool of no living process. Without this the engine
 * waits four hours. The eight seconds, `socle.is_alive`'s, are for a pool that has not been announced yet.
 */
const UNLOCK = `
  with lost as (
    select distinct locked_by from (
      select locked_by, locked_at from graphile_worker._private_jobs where locked_at is not null
      union all
      select locked_by, locked_at from graphile_worker._private_job_queues where locked_at is not null
    ) as held
    where locked_at < now() - interval '8 seconds' and not exists (
      select from socle.processes where job_pool = held.locked_by and socle.is_alive(id)
    )
  )
  select graphile_worker.force_unlock_workers(array_agg(locked_by)),
         pg_notify('jobs:insert', '{"count":100}'),
         count(*)::int as pools
  from lost having count(*) > 0`;

/** Returns how many job pools had been lost. */
export async function unlockLostJobs({ sql }: Pick<Database, 'sql'>): Promise<number> {
  const [row] = await sql.query<{ pools: number }>(UNLOCK);
  return row?.pools ?? 0;
}
