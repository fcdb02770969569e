import { fileURLToPath } from 'node:url';
import { type Clock, type Log, SocleError } from '@socle/kernel';
import { createBatcher, type Database, type MigrationSource } from '@socle/service-database';
import { createLive, type EventStore, type Live, type Page, readId } from '@socle/service-events';
import { type Processing, processDeliveries } from './process.ts';
import { admit, type Inbound } from './receive.ts';
import type { FindPlatform } from './source.ts';
import { enqueueAgain, type Intake, type NewDelivery, PROCESS_TASK, storeDeliveries } from './store.ts';
import {
  type DeliveryDetail,
  type DeliveryFilter,
  type DeliveryRow,
  findDelivery,
  listDeliveries,
} from './views.ts';

export const inboxMigrations: MigrationSource = {
  owner: 'inbox',
  dir: fileURLToPath(new URL('./schema', import.meta.url)),
};

export interface Inbox {
  /**
   * Resolves only after the delivery is committed. Throws `unauthenticated`, `invalid_argument` (see
   * `isTooLarge`), `not_found` (no such platform), or `unavailable`: then nothing may be acknowledged.
   */
  receive(platformId: string, inbound: Inbound): Promise<{ readonly status: Intake }>;
  list(filter?: DeliveryFilter): Promise<Page<DeliveryRow>>;
  /** Throws `not_found`. */
  show(id: string): Promise<DeliveryDetail>;
  /**
   * Processes the stored bytes once more, with the code of today. Events that are on record stay single,
   * flows that ran do not run again; flows that never ran for them start, and failed runs go on.
   */
  replay(id: string): Promise<void>;
  /** For the job engine. */
  readonly tasks: Readonly<Record<string, (payload: unknown) => Promise<void>>>;
  readonly crontab: readonly { readonly task: string; readonly match: string }[];
}

export interface InboxOptions {
  readonly database: Pick<Database, 'sql'>;
  readonly events: EventStore;
  readonly platforms: FindPlatform;
  readonly clock: Clock;
  readonly log: Log;
  readonly live?: Live;
  /** Waits so long for a commit, and for the one before it. Vendors wait 1 to 15 seconds for an answer. */
  readonly patienceMs?: number;
}

const SWEEP_TASK = 'inbox.sweep';
/** Processed together at most: small enough that a batch which must fall back to singles stays quick. */
const CHUNK = 256;

export function createInbox(options: InboxOptions): Inbox {
  const { database, events, platforms, clock, log, patienceMs = 2_000 } = options;
  const { sql } = database;
  const { tell } = options.live ?? createLive({ sql });
  const intake = createBatcher({
    flush: (given: readonly NewDelivery[]) => within(storeDeliveries(sql, given), patienceMs),
    maxItems: CHUNK,
  });
  const processing: Processing = { database, events, platforms, log };

  const process = async (ids: readonly string[]): Promise<void> => {
    for (let from = 0; from < ids.length; from += CHUNK) {
      await processDeliveries(processing, ids.slice(from, from + CHUNK));
    }
    if (ids.length > 0) tell('deliveries');
  };

  return {
    receive: async (platformId, inbound) => {
      const delivery = await admit(platformId, inbound, { platforms, clock });
      const status = await intake.add(delivery);
      tell('deliveries');
      return { status };
    },
    list: (filter = {}) => listDeliveries(sql, filter),
    show: async (id) => {
      const delivery = await findDelivery(sql, id);
      const { items } = await events.list({ deliveryId: delivery.id, limit: 200 });
      return { ...delivery, events: items };
    },
    replay: async (id) => {
      await sql.transaction(async (inner) => {
        const found = await inner.query(
          `update socle.deliveries set state = 'received', error = null, replays = replays + 1
           where id = $1 returning id`,
          [readId(id)],
        );
        if (found.length === 0) throw new SocleError('not_found', `there is no delivery ${id}`);
        await enqueueAgain(inner, [id]);
      });
      tell('deliveries');
    },
    tasks: {
      [PROCESS_TASK]: async (payload) => process(readIds(payload)),
      /** Finds what was left lying, whatever became of its job. */
      [SWEEP_TASK]: async () => {
        const rows = await sql.query<{ id: string }>(
          `select id from socle.deliveries
           where state = 'received' and received_at < now() - interval '30 seconds' order by id limit 10000`,
        );
        if (rows.length > 0) log.warn({ count: rows.length }, 'deliveries were left unprocessed');
        await process(rows.map((row) => row.id));
      },
    },
    crontab: [{ task: SWEEP_TASK, match: '* * * * *' }],
  };
}

function within<T>(work: Promise<T>, patienceMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void =>
      reject(new SocleError('unavailable', 'the database does not answer', { applied: 'unknown' }));
    const timer = setTimeout(late, patienceMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function readIds(payload: unknown): readonly string[] {
  const ids = typeof payload === 'object' && payload !== null && 'ids' in payload ? payload.ids : undefined;
  return Array.isArray(ids) ? ids.map((id) => readId(String(id))) : [];
}
