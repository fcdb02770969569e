import { SocleError, type Sql } from '@socle/kernel';
import {
  containing,
  type EventRow,
  type Page,
  type PageRequest,
  pageBounds,
  readId,
  toPage,
} from '@socle/service-events';

export type DeliveryState = 'received' | 'processed' | 'failed' | 'ignored';

export interface DeliveryRow {
  readonly id: string;
  readonly platform: string;
  readonly deliveryId: string;
  readonly type: string;
  readonly state: DeliveryState;
  readonly receivedAt: string;
  readonly processedAt: string | null;
  readonly replays: number;
}

export interface DeliveryDetail extends DeliveryRow {
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed; the bytes as text where that fails. */
  readonly body: unknown;
  readonly error: string | null;
  readonly events: readonly EventRow[];
}

export interface DeliveryFilter extends PageRequest {
  readonly platform?: string | undefined;
  readonly state?: DeliveryState | undefined;
  readonly search?: string | undefined;
}

interface Row {
  readonly id: string;
  readonly platform: string;
  readonly delivery_id: string;
  readonly type: string;
  readonly state: DeliveryState;
  readonly received_at: Date;
  readonly processed_at: Date | null;
  readonly replays: number;
}

interface WholeRow extends Row {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly error: string | null;
}

const COLUMNS = 'id, platform, delivery_id, type, state, received_at, processed_at, replays';

export async function listDeliveries(sql: Sql, filter: DeliveryFilter): Promise<Page<DeliveryRow>> {
  const { before, take } = pageBounds(filter);
  const { platform, state, search } = filter;
  const rows = await sql.query<Row>(
    `select ${COLUMNS} from socle.deliveries
     where ($1::bigint is null or id < $1) and ($2::text is null or platform = $2)
       and ($3::text is null or state = $3)
       and ($4::text is null or type ilike $4 or delivery_id ilike $4)
     order by id desc limit $5`,
    [before, platform || null, state ?? null, search ? containing(search) : null, take],
  );
  return toPage(rows, take, toRow);
}

export async function findDelivery(sql: Sql, id: string): Promise<Omit<DeliveryDetail, 'events'>> {
  const [row] = await sql.query<WholeRow>(
    `select ${COLUMNS}, headers, body, error from socle.deliveries where id = $1`,
    [readId(id)],
  );
  if (!row) throw new SocleError('not_found', `there is no delivery ${id}`);
  return { ...toRow(row), headers: row.headers, body: readable(row.body), error: row.error };
}

function toRow(row: Row): DeliveryRow {
  const { id, platform, type, state, replays } = row;
  return {
    id,
    platform,
    deliveryId: row.delivery_id,
    type,
    state,
    receivedAt: row.received_at.toISOString(),
    processedAt: row.processed_at?.toISOString() ?? null,
    replays,
  };
}

function readable(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
