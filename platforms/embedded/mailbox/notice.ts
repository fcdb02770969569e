import type { Sql } from '@socle/kernel';

const EVERY_MS = 300;

/**
 * Tells the console's live view that the mailbox changed. Gathered, and never in the transaction that
 * stores a message: NOTIFY takes a lock on commit that would serialise all senders.
 */
export function createMailboxNotice(sql: Sql): () => void {
  let timer: NodeJS.Timeout | undefined;
  return () => {
    if (timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      // a notice that is lost costs a late screen, nothing else
      sql.query("select pg_notify('socle_live', 'mailbox')").catch(() => undefined);
    }, EVERY_MS);
    timer.unref();
  };
}
