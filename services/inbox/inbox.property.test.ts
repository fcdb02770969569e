import { type BodyHmacScheme, type Sql, signWebhook, systemClock } from '@socle/kernel';
import { createTestDatabase, quiet, type TestDatabase } from '@socle/service-database/testing';
import { createEventStore, eventsMigrations, type Reaction } from '@socle/service-events';
import { migrateJobs } from '@socle/service-jobs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createInbox, type Inbox, inboxMigrations } from './inbox.ts';
import type { WebhookShape } from './source.ts';

const scheme: BodyHmacScheme = {
  family: 'body-hmac',
  header: 'acme-signature',
  algorithm: 'sha256',
  encoding: 'hex',
  key: 'utf8',
};
interface Body {
  id: string;
  facts: string[];
}
const webhook: WebhookShape = {
  schemes: [scheme],
  deliveryId: ({ body }) => (body as Body).id,
  eventType: () => 't',
  toEvents: ({ body }) =>
    (body as Body).facts.map((id) => ({ id, type: 'thing.happened', time: new Date(0), data: { id } })),
};

/** What a person sees of a fact: a row, written where flows would start. */
const reaction: Reaction = {
  start: async (sql, events) => {
    for (const { event } of events)
      await sql.query('insert into public.effects (fact) values ($1)', [event.id]);
  },
  restart: async () => undefined,
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ migrations: [eventsMigrations, inboxMigrations] });
  await migrateJobs(database);
  await database.sql.query('create table public.effects (fact text not null)');
});
afterAll(() => database.drop());

class Crash extends Error {}

/** A process that dies before its nth statement; one that dies at a commit may leave it done or not. */
function mortal(sql: Sql, lives: { left: number; commits: boolean }): Sql {
  const step = (): void => {
    lives.left -= 1;
    if (lives.left < 0) throw new Crash();
  };
  const wrap = (inner: Sql): Sql => ({
    query: async (text, params) => {
      step();
      return inner.query(text, params);
    },
    transaction: async (work) => {
      step();
      const result = await inner.transaction(async (one) => {
        const value = await work(wrap(one));
        if (!lives.commits) step();
        return value;
      });
      if (lives.commits) step();
      return result;
    },
  });
  return wrap(sql);
}

function inboxOf(sql: Sql): Inbox {
  return createInbox({
    database: { sql },
    events: createEventStore({ database: { sql }, reaction }),
    platforms: () => ({ webhook, secrets: ['s'], publicUrl: '' }),
    clock: systemClock,
    log: quiet,
  });
}

async function jobs(): Promise<readonly { id: string; payload: unknown }[]> {
  return database.sql.query('select id, payload from graphile_worker._private_jobs order by id');
}

const body = fc.record({
  id: fc.constantFrom('d1', 'd2', 'd3', 'd4'),
  facts: fc.uniqueArray(fc.constantFrom('f1', 'f2', 'f3'), { maxLength: 3 }),
});
const action = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('deliver' as const),
      bodies: fc.array(body, { minLength: 1, maxLength: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('work' as const),
      pick: fc.nat(20),
      statements: fc.nat(12),
      commits: fc.boolean(),
    }),
  },
);

test('whatever the order, the duplicates and the crashes: each delivery once, each fact once, nothing lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 12 }), async (actions) => {
      await database.sql.query(
        'truncate socle.deliveries, socle.events, public.effects, graphile_worker._private_jobs',
      );
      const inbox = inboxOf(database.sql);
      const acknowledged = new Map<string, readonly string[]>();
      for (const one of actions) {
        if (one.kind === 'deliver') {
          const answers = await Promise.all(one.bodies.map((each) => deliver(inbox, each)));
          for (const [index, { status }] of answers.entries()) {
            const each = one.bodies[index];
            if (status === 'accepted' && each) {
              expect(acknowledged.has(each.id)).toBe(false);
              acknowledged.set(each.id, each.facts);
            }
          }
        } else {
          const waiting = await jobs();
          const job = waiting[one.pick % Math.max(1, waiting.length)];
          const dying = inboxOf(mortal(database.sql, { left: one.statements, commits: one.commits }));
          // the engine runs a job again until it succeeded: here it stays until the end
          await dying.tasks['inbox.process']?.(job?.payload).catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error;
          });
        }
      }
      for (const { payload } of await jobs()) await inbox.tasks['inbox.process']?.(payload);
      const stored = await inbox.list();
      expect(stored.items.map((each) => each.deliveryId).toSorted()).toEqual(
        [...acknowledged.keys()].toSorted(),
      );
      expect(stored.items.every((each) => each.state === 'processed' || each.state === 'ignored')).toBe(true);
      const facts = [...new Set([...acknowledged.values()].flat())].toSorted();
      const seen = await database.sql.query<{ fact: string }>(
        'select fact from public.effects order by fact',
      );
      expect(seen.map((row) => row.fact)).toEqual(facts);
    }),
    { numRuns: 60 },
  );
});

function deliver(inbox: Inbox, one: Body) {
  const bytes = new TextEncoder().encode(JSON.stringify(one));
  const headers = signWebhook(scheme, { body: bytes, url: '' }, 's', { id: one.id, now: new Date() });
  return inbox.receive('acme', { headers, body: bytes });
}
