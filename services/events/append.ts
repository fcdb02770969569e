import { type CloudEvent, type EventDraft, type Sql, toCloudEvent } from '@socle/kernel';

/** An event about to be recorded. */
export interface NewEvent {
  readonly source: string;
  readonly draft: EventDraft;
  readonly deliveryId?: string;
}

/** A recorded event and its place in the log. */
export interface StoredEvent {
  readonly id: string;
  readonly event: CloudEvent;
  /** False when this very fact was on record already. */
  readonly isNew: boolean;
}

/** Records facts, in one statement. A fact that is on record stays as it was first told. */
export async function appendEvents(sql: Sql, events: readonly NewEvent[]): Promise<readonly StoredEvent[]> {
  if (events.length === 0) return [];
  const rows = await sql.query<{ id: string; source: string; event_id: string }>(
    `insert into socle.events (source, event_id, type, subject, time, data, delivery_id)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::jsonb[], $7::bigint[])
     on conflict (source, event_id) do nothing
     returning id, source, event_id`,
    [
      events.map((one) => one.source),
      events.map((one) => one.draft.id),
      events.map((one) => one.draft.type),
      events.map((one) => one.draft.subject ?? null),
      events.map((one) => one.draft.time),
      events.map((one) => JSON.stringify(one.draft.data ?? null)),
      events.map((one) => one.deliveryId ?? null),
    ],
  );
  const added = new Map(rows.map((row) => [name(row.source, row.event_id), row.id]));
  const known = await findKnown(
    sql,
    events.filter((one) => !added.has(name(one.source, one.draft.id))),
  );
  const seen = new Set<string>();
  return events.flatMap(({ source, draft }) => {
    const key = name(source, draft.id);
    const id = added.get(key) ?? known.get(key);
    if (id === undefined || seen.has(key)) return [];
    seen.add(key);
    return [{ id, event: toCloudEvent(source, draft), isNew: added.has(key) }];
  });
}

async function findKnown(sql: Sql, events: readonly NewEvent[]): Promise<ReadonlyMap<string, string>> {
  if (events.length === 0) return new Map();
  const rows = await sql.query<{ id: string; source: string; event_id: string }>(
    `select id, source, event_id from socle.events
     where (source, event_id) in (select * from unnest($1::text[], $2::text[]))`,
    [events.map((one) => one.source), events.map((one) => one.draft.id)],
  );
  return new Map(rows.map((row) => [name(row.source, row.event_id), row.id]));
}

function name(source: string, eventId: string): string {
  return `${source}\n${eventId}`;
}
