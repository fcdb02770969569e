import { randomUUID } from 'node:crypto';
import type { Sql } from '@socle/kernel';

/** This process's hold on the runs that it claimed under this lease. */
export interface Lease {
  readonly owner: string;
  /** Aborted when the lease is lost. */
  readonly signal: AbortSignal;
  /** Whether an effect may still be begun. False for a process that woke up too late. */
  holds(): boolean;
}

export interface Worker {
  /** The lease in force, taken anew when the last one was lost. */
  lease(): Promise<Lease>;
  renew(): Promise<void>;
  /** Gives the lease up: whatever was claimed under it is free at once. */
  release(): Promise<void>;
}

interface Held extends Lease {
  readonly controller: AbortController;
  until: number;
}

/**
 * Counts its lease on the monotonic clock, which goes on while the process is frozen. The count begins before
 * the request leaves, so it always ends before the database's. A lost lease never comes back: the next one has
 * another owner, and what was claimed under the old one is left to the sweep.
 */
export function createWorker({
  sql,
  leaseMs,
  monotonic = () => performance.now(),
}: {
  sql: Sql;
  leaseMs: number;
  monotonic?: () => number;
}): Worker {
  let held: Held | undefined;

  const lose = (): void => {
    held?.controller.abort(new Error('this process lost its runs'));
    held = undefined;
  };
  const take = async (): Promise<Held> => {
    const since = monotonic();
    const owner = randomUUID();
    await sql.query(
      'insert into socle.flow_workers (id, lease_until) values ($1, now() + make_interval(secs => $2))',
      [owner, leaseMs / 1000],
    );
    const controller = new AbortController();
    const lease: Held = {
      owner,
      controller,
      signal: controller.signal,
      until: since + leaseMs,
      holds: () => !controller.signal.aborted && monotonic() < lease.until,
    };
    return lease;
  };

  return {
    lease: async () => {
      if (held && !held.holds()) lose();
      held ??= await take();
      return held;
    },
    renew: async () => {
      const lease = held;
      if (!lease) return;
      const since = monotonic();
      const renewed = await sql.query(
        `update socle.flow_workers set lease_until = now() + make_interval(secs => $2)
         where id = $1 and lease_until > now() returning id`,
        [lease.owner, leaseMs / 1000],
      );
      if (renewed.length > 0 && lease.holds()) lease.until = since + leaseMs;
      else if (held === lease) lose();
    },
    release: async () => {
      if (held) await sql.query('delete from socle.flow_workers where id = $1', [held.owner]);
      lose();
    },
  };
}

/**
 * Frees the runs of workers that stopped renewing, dead or frozen: the new fence refuses their late results.
 * Rows of such workers stay a while, for whoever looks into it.
 */
export async function freeLapsed(sql: Sql): Promise<number> {
  await sql.query(`delete from socle.flow_workers where lease_until < now() - interval '1 hour'`);
  const freed = await sql.query(
    `update socle.runs set state = 'waiting', owner = null, fence = fence + 1, due_at = now()
     where id in (
       select r.id from socle.runs r
       where r.state = 'running'
         and not exists (select from socle.flow_workers w where w.id = r.owner and w.lease_until > now())
       for update of r skip locked)
     returning id`,
  );
  return freed.length;
}

/**
 * Frees the runs that this worker holds and does not execute: it claimed them and never heard so, or could not
 * write what became of them. Its lease lives on, so nobody else would.
 */
export async function freeStray(
  sql: Sql,
  { owner, underWay }: { owner: string; underWay: readonly string[] },
): Promise<number> {
  const freed = await sql.query(
    `update socle.runs set state = 'waiting', owner = null, fence = fence + 1, due_at = now()
     where state = 'running' and owner = $1 and id <> all($2::bigint[]) returning id`,
    [owner, underWay],
  );
  return freed.length;
}
