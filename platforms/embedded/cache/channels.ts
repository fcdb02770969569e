import type { Host } from '@socle/kernel';
import { type CachePort, createSubscription } from '@socle/port-cache';

type Channels = Pick<CachePort, 'publish' | 'subscribe'>;

const NOTICES = 'socle_cache';
/** PostgreSQL refuses a notification of 8,000 bytes or more. */
const MOST_BYTES = 7_900;

/** What travels as a notification: the message itself, or where it was left. */
type Notice = readonly [channel: string, message: unknown] | readonly [channel: string, null, id: string];

export function createChannels(host: Host): Channels {
  const { sql, listen } = host.local();
  return {
    async publish({ channel, message }) {
      const text = JSON.stringify([channel, message] satisfies Notice);
      if (Buffer.byteLength(text) <= MOST_BYTES) {
        await sql.query('select pg_notify($1, $2)', [NOTICES, text]);
      } else {
        await sql.query(
          `with kept as (
             insert into socle_embedded.cache_messages (message, published_at) values ($2, $3) returning id
           )
           select pg_notify($1, jsonb_build_array($4::text, null, id::text)::text) from kept`,
          [NOTICES, JSON.stringify(message), host.clock.now(), channel],
        );
      }
      return { accepted: true };
    },

    async subscribe({ channel }, call) {
      let leave: (() => Promise<void>) | undefined;
      let isClosed = false;
      const subscription = createSubscription(call.signal, () => {
        isClosed = true;
        void leave?.();
      });
      // one after another: a long message is fetched before a shorter one that came later is handed on
      let last: Promise<unknown> = Promise.resolve();
      leave = await listen(NOTICES, (payload) => {
        const notice = JSON.parse(payload) as Notice;
        if (notice[0] !== channel) return;
        last = last.then(async () => {
          const [, message, id] = notice;
          const text = id === undefined ? JSON.stringify(message) : await fetchMessage(id);
          if (text !== undefined) subscription.push(JSON.parse(text));
        });
      });
      if (isClosed) await leave();
      return subscription.messages;
    },
  };

  async function fetchMessage(id: string): Promise<string | undefined> {
    const [row] = await sql
      .query<{ message: string }>('select message from socle_embedded.cache_messages where id = $1', [id])
      .catch(() => []);
    return row?.message;
  }
}
