import type { Log } from '@socle/kernel';
import { type Database, isAway } from '@socle/service-database';
import type { EventStore, NewEvent } from '@socle/service-events';
import { parse } from './receive.ts';
import type { FindPlatform } from './source.ts';
import { lockReceived, type Processed, type StoredDelivery, writeProcessed } from './store.ts';

export interface Processing {
  readonly database: Pick<Database, 'sql'>;
  readonly events: Pick<EventStore, 'record'>;
  readonly platforms: FindPlatform;
  readonly log: Log;
}

/**
 * Turns deliveries into events and what follows from them, all in one transaction. When one of them cannot
 * be stored, each gets a transaction of its own, so that it fails alone. Throws only when the database is
 * away or the transaction lost a race: nothing has happened then, and the job comes again.
 */
export async function processDeliveries(processing: Processing, ids: readonly string[]): Promise<void> {
  try {
    await processTogether(processing, ids);
  } catch (error) {
    if (isAway(error) || lostRace(error)) throw error;
    const [only] = ids;
    if (ids.length > 1) for (const id of ids) await processDeliveries(processing, [id]);
    else if (only !== undefined) await fail(processing, only, error);
  }
}

async function processTogether(
  { database, events, platforms, log }: Processing,
  ids: readonly string[],
): Promise<void> {
  await database.sql.transaction(async (sql) => {
    const deliveries = await lockReceived(sql, ids);
    const read = await Promise.all(deliveries.map((delivery) => toEvents(delivery, platforms)));
    await events.record(
      sql,
      read.flatMap((one) => one.events),
      { again: deliveries.some((one) => one.replays > 0) },
    );
    const results = read.map((one) => one.result);
    await writeProcessed(sql, results);
    for (const { id, state, error } of results) {
      if (state === 'failed') log.warn({ delivery: id, error }, 'a delivery could not be read');
    }
  });
}

/** Pure but for the settings: the platform's own mapping of what it sent. */
async function toEvents(
  { id, platform: platformId, headers, body }: StoredDelivery,
  platforms: FindPlatform,
): Promise<{ events: readonly NewEvent[]; result: Processed }> {
  try {
    const platform = await platforms(platformId);
    if (!platform) throw new Error(`platform "${platformId}" is not switched on`);
    const drafts = platform.webhook.toEvents({ headers, body: parse(platformId, body) });
    return {
      events: drafts.map((draft) => ({ source: `/platforms/${platformId}`, draft, deliveryId: id })),
      result: { id, state: drafts.length > 0 ? 'processed' : 'ignored', error: null },
    };
  } catch (error) {
    return { events: [], result: { id, state: 'failed', error: messageOf(error) } };
  }
}

async function fail({ database, log }: Processing, id: string, error: unknown): Promise<void> {
  log.warn({ delivery: id, error: messageOf(error) }, 'a delivery could not be processed');
  await writeProcessed(database.sql, [{ id, state: 'failed', error: messageOf(error) }]);
}

/** SQLSTATE class 40: deadlock or serialization failure. */
function lostRace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^40...$/.test(String(error.code));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
