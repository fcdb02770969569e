import { type Clock, SocleError } from '@socle/kernel';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDeferral, createFacts, createRoutes, modulesMigrations, runDeferred } from './index.ts';
import { failing, harness, quiet, scripted } from './testing/harness.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ migrations: [modulesMigrations] });
});
afterAll(() => database.drop());

const clock: Clock = { now: () => new Date('2026-11-21T10:00:00Z') };
const resetsAt = '2026-11-22T00:00:00.000Z';
const full = new SocleError('quota_exceeded', 'the day is full', {
  quota: { platform: 'acme', meter: 'messages', window: 'day', limit: 100, used: 100, resetsAt },
});

function waiting() {
  const queued: { key: string; runAt: Date }[] = [];
  const jobs = { enqueue: async (_sql: unknown, job: { key: string; runAt: Date }) => void queued.push(job) };
  const deferral = createDeferral({ sql: database.sql, jobs, clock });
  const acme = scripted('acme');
  const made = harness([acme], { env: { SOCLE_POST: 'acme', SOCLE_POST_POLICY: 'defer' }, deferral });
  const run = (key: string) =>
    runDeferred(key, { sql: database.sql, jobs, clock, log: quiet, call: made.modules.call });
  const row = async (key: string) =>
    (
      await database.sql.query(
        'select state, result, error from socle.deferred_calls where idempotency_key = $1',
        [key],
      )
    )[0];
  return { ...made, acme, queued, run, row };
}

test('at the wall the call is stored with its job, and done exactly once when the window opens', async () => {
  const { send, acme, queued, run, row } = waiting();
  acme.answers.send = failing(full, 1);
  const key = 'defer-1';
  await expect(send({ idempotencyKey: key })).rejects.toMatchObject({
    code: 'quota_exceeded',
    details: { deferredUntil: resetsAt, applied: 'no' },
  });
  expect(queued).toEqual([{ key, runAt: new Date(resetsAt) }]);
  expect(await row(key)).toMatchObject({ state: 'waiting' });
  await run(key);
  expect(await row(key)).toMatchObject({ state: 'done', result: { id: 'at last' } });
  await run(key);
  await expect(send({ idempotencyKey: key })).resolves.toEqual({ id: 'at last' });
  expect(acme.calls).toHaveLength(2);
});

test('a window that is full again means waiting again; what fails for good is told', async () => {
  const { send, acme, queued, run, row } = waiting();
  acme.answers.send = failing(full, 2);
  await expect(send({ idempotencyKey: 'defer-2' })).rejects.toMatchObject({ code: 'quota_exceeded' });
  await run('defer-2');
  expect(queued).toHaveLength(2);
  expect(await row('defer-2')).toMatchObject({ state: 'waiting' });
  acme.answers.send = failing(new SocleError('declined', 'no such address'));
  await run('defer-2');
  expect(await row('defer-2')).toMatchObject({ state: 'failed', error: { code: 'declined' } });
});

test('asked for again after it failed, a call waits again; one that is done promises nothing', async () => {
  const { send, acme, queued, run, row } = waiting();
  const key = 'defer-3';
  acme.answers.send = failing(full, 1);
  await expect(send({ idempotencyKey: key })).rejects.toHaveProperty('details.deferredUntil');
  acme.answers.send = failing(new SocleError('declined', 'no such address'));
  await run(key);
  expect(await row(key)).toMatchObject({ state: 'failed' });
  acme.answers.send = failing(full, 1);
  await expect(send({ idempotencyKey: key })).rejects.toHaveProperty('details.deferredUntil');
  await run(key);
  expect(await row(key)).toMatchObject({ state: 'done', result: { id: 'at last' }, error: null });
  const { length } = queued;
  await database.sql.query(`update socle.deferred_calls set state = 'parked' where idempotency_key = $1`, [
    key,
  ]);
  const again = waiting();
  again.acme.answers.send = failing(full);
  await expect(again.send({ idempotencyKey: key })).rejects.not.toHaveProperty('details.deferredUntil');
  expect(queued).toHaveLength(length);
});

test('reads, and walls that never open, are refused at once', async () => {
  const { send, acme, modules, queued } = waiting();
  acme.answers.look = failing(full);
  const look = modules.call({ port: 'post', operation: 'look', input: { id: '1' } });
  await expect(look).rejects.toMatchObject({ details: { quota: { resetsAt } } });
  acme.answers.send = failing(new SocleError('quota_exceeded', 'used up for ever'));
  await expect(send()).rejects.not.toHaveProperty('details.deferredUntil');
  expect(queued).toEqual([]);
});

test('counts, evidence and routes outlive the process', async () => {
  const { sql } = database;
  const facts = createFacts({ sql, clock, log: quiet });
  const call = { port: 'post', operation: 'send', platform: 'acme', startedAt: clock.now(), durationMs: 1 };
  for (let count = 0; count < 3; count += 1) facts.observe(call);
  facts.observe({ ...call, error: full });
  expect(await facts.recent()).toEqual(
    expect.arrayContaining([
      { port: 'post', operation: 'send', platform: 'acme', code: 'ok', calls: 3 },
      { port: 'post', operation: 'send', platform: 'acme', code: 'quota_exceeded', calls: 1 },
    ]),
  );
  await facts.saw('platform:acme', 'verified');
  await facts.saw('platform:acme', 'verified');
  expect([...(await facts.seen())]).toEqual(['platform:acme verified']);
  await facts.close();
  const routes = createRoutes({ sql });
  expect(await routes.at('k')).toBeUndefined();
  await routes.goOn('k', 'acme');
  await routes.goOn('k', 'embedded');
  expect(await routes.at('k')).toBe('embedded');
});
