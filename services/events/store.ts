import { fileURLToPath } from 'node:url';
import { type CloudEvent, type EventDraft, SocleError, type Sql } from '@socle/kernel';
import type { Database, MigrationSource } from '@socle/service-database';
import { appendEvents, type NewEvent, type StoredEvent } from './append.ts';
import { createLive, type Live } from './live.ts';
import { containing, type Page, type PageRequest, pageBounds, readId, toPage } from './page.ts';

export const eventsMigrations: MigrationSource = {
  owner: 'events',
  dir: fileURLToPath(new URL('./schema', import.meta.url)),
};

/** What follows from events, in the transaction that records them. Services above (flows) bring it. */
export interface Reaction {
  /** Idempotent: what already follows from an event does not follow twice. */
  start(sql: Sql, events: readonly StoredEvent[]): Promise<void>;
  /** As `start`, and what had failed gets another chance. */
  restart(sql: Sql, events: readonly StoredEvent[]): Promise<void>;
}

export interface EventRow {
  readonly id: string;
  readonly eventId: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string | null;
  readonly time: string;
  readonly data: unknown;
  readonly deliveryId: string | null;
}

export interface EventFilter extends PageRequest {
  readonly type?: string | undefined;
  readonly platform?: string | undefined;
  readonly search?: string | undefined;
  readonly deliveryId?: string | undefined;
}

export interface EventStore {
  /** Records facts of one source and starts what follows from them. Give `sql` to do so inside a transaction. */
  append(
    source: string,
    drafts: readonly EventDraft[],
    options?: { deliveryId?: string; sql?: Sql },
  ): Promise<readonly StoredEvent[]>;
  /** Records facts of any sources. `again` also gives a chance to what had failed. */
  record(
    sql: Sql,
    events: readonly NewEvent[],
    options?: { again?: boolean },
  ): Promise<readonly StoredEvent[]>;
  list(filter?: EventFilter): Promise<Page<EventRow>>;
  /** Throws `not_found`. */
  show(id: string): Promise<EventRow>;
  /** Starts the flows that have not run for this event, and those whose run failed. */
  replay(id: string): Promise<void>;
}

const COLUMNS = 'id, event_id, type, source, subject, time, data, delivery_id';

export interface EventStoreOptions {
  readonly database: Pick<Database, 'sql'>;
  readonly reaction?: Reaction;
  readonly live?: Live;
}

export function createEventStore({ database: { sql }, reaction, live }: EventStoreOptions): EventStore {
  const { tell } = live ?? createLive({ sql });

  const record: EventStore['record'] = async (within, events, { again = false } = {}) => {
    const stored = await appendEvents(within, events);
    const affected = again ? stored : stored.filter((one) => one.isNew);
    if (affected.length > 0) {
      await (again ? reaction?.restart(within, affected) : reaction?.start(within, affected));
      tell('events');
      tell('runs');
    }
    return stored;
  };

  const find = async (id: string): Promise<Row> => {
    const [row] = await sql.query<Row>(`select ${COLUMNS} from socle.events where id = $1`, [readId(id)]);
    if (!row) throw new SocleError('not_found', `there is no event ${id}`);
    return row;
  };

  return {
    record,
    append: (source, drafts, { deliveryId, sql: within } = {}) => {
      const events = drafts.map((draft) => ({
        source,
        draft,
        ...(deliveryId === undefined ? {} : { deliveryId }),
      }));
      return within ? record(within, events) : sql.transaction((inner) => record(inner, events));
    },
    list: async (filter = {}) => {
      const { before, take } = pageBounds(filter);
      const { type, platform, search, deliveryId } = filter;
      const rows = await sql.query<Row>(
        `select ${COLUMNS} from socle.events
         where ($1::bigint is null or id < $1) and ($2::text is null or type = $2)
           and ($3::text is null or source = $3) and ($4::bigint is null or delivery_id = $4)
           and ($5::text is null or type ilike $5 or event_id ilike $5 or subject ilike $5 or data::text ilike $5)
         order by id desc limit $6`,
        [
          before,
          type || null,
          platform ? `/platforms/${platform}` : null,
          deliveryId === undefined ? null : readId(deliveryId),
          search ? containing(search) : null,
          take,
        ],
      );
      return toPage(rows, take, toRow);
    },
    show: async (id) => toRow(await find(id)),
    replay: async (id) => {
      const row = await find(id);
      await sql.transaction(async (inner) =>
        reaction?.restart(inner, [{ id: row.id, event: toEvent(row), isNew: false }]),
      );
      tell('runs');
    },
  };
}

interface Row {
  readonly id: string;
  readonly event_id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string | null;
  readonly time: Date;
  readonly data: unknown;
  readonly delivery_id: string | null;
}

function toRow(row: Row): EventRow {
  const { id, type, source, subject, data } = row;
  return {
    id,
    eventId: row.event_id,
    type,
    source,
    subject,
    time: row.time.toISOString(),
    data,
    deliveryId: row.delivery_id,
  };
}

function toEvent(row: Row): CloudEvent {
  return {
    specversion: '1.0',
    id: row.event_id,
    source: row.source,
    type: row.type,
    time: row.time.toISOString(),
    ...(row.subject === null ? {} : { subject: row.subject }),
    datacontenttype: 'application/json',
    data: row.data,
  };
}
