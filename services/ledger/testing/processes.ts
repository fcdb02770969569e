import type { Clock, Plan } from '@socle/kernel';
import type { Database } from '@socle/service-database';
import { createLedger, type Ledger } from '../ledger.ts';

type Notices = Pick<Database, 'sql' | 'listen'>;

/** A ledger as in a process of its own, with a way to die at once. */
export interface TestProcess {
  readonly ledger: Ledger;
  /** Nothing of it reaches the database any more, nor anything of the database it. */
  kill(): void;
  close(): Promise<void>;
}

/** Hears the channel once for any number of test processes. */
export async function shareNotices(database: Database): Promise<Notices & { stop(): Promise<void> }> {
  const listeners = new Set<(payload: string) => void>();
  const stop = await database.listen('socle_quota', (payload) => {
    for (const listener of listeners) listener(payload);
  });
  return {
    sql: database.sql,
    listen: async (_channel, onNotice) => {
      listeners.add(onNotice);
      return async () => void listeners.delete(onNotice);
    },
    stop,
  };
}

export function startProcess(notices: Notices, options: { plan: Plan; clock: Clock }): TestProcess {
  let isDead = false;
  const nothing = (): void => undefined;
  const ledger = createLedger({
    database: {
      sql: {
        query: (text, params) =>
          isDead ? Promise.reject(new Error('killed')) : notices.sql.query(text, params),
        transaction: (work) => notices.sql.transaction(work),
      },
      listen: (channel, onNotice) => notices.listen(channel, (payload) => isDead || onNotice(payload)),
    },
    plans: () => options.plan,
    clock: options.clock,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  return {
    ledger,
    kill() {
      isDead = true;
      void ledger.close();
    },
    close: () => ledger.close(),
  };
}
