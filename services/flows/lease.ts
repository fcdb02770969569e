/** This process's hold on one run. */
export interface Lease {
  readonly runId: string;
  readonly signal: AbortSignal;
  /** Whether an effect may still be begun. False for a process that woke up too late. */
  holds(): boolean;
}

export interface LeaseBook {
  readonly size: number;
  /** `since`: when the claim was sent, on the monotonic clock; the database's own count began later. */
  open(runId: string, since: number): Lease;
  close(lease: Lease): void;
  /** What a renewal that was sent at `since` came back with. */
  renewed(alive: ReadonlySet<string>, since: number): void;
}

interface Hold extends Lease {
  readonly openedAt: number;
  until: number;
  readonly controller: AbortController;
}

/**
 * Counts leases on the monotonic clock of this process, which goes on while the process is frozen. The count
 * begins before the request leaves, so it always ends before the database's: no effect is begun on a lapsed lease.
 */
export function createLeaseBook({
  leaseMs,
  now = () => performance.now(),
}: {
  leaseMs: number;
  now?: () => number;
}): LeaseBook {
  const holds = new Map<string, Hold>();
  return {
    get size() {
      return holds.size;
    },
    open: (runId, since) => {
      const controller = new AbortController();
      const hold: Hold = {
        runId,
        openedAt: since,
        until: since + leaseMs,
        controller,
        signal: controller.signal,
        holds: () => !controller.signal.aborted && now() < hold.until,
      };
      holds.set(runId, hold);
      return hold;
    },
    close: (lease) => {
      if (holds.get(lease.runId) === lease) holds.delete(lease.runId);
    },
    renewed: (alive, since) => {
      for (const hold of holds.values()) {
        if (hold.openedAt >= since) continue;
        if (alive.has(hold.runId) && now() < hold.until) hold.until = since + leaseMs;
        else hold.controller.abort(new Error('this process lost the run'));
      }
    },
  };
}
