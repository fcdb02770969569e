import { SocleError } from '@socle/kernel';
import { email } from '@socle/port-email';
import { afterEach, expect, test } from 'vitest';
import { defineFlow, type Flow } from './flow.ts';
import type { ModuleCall } from './step.ts';
import type { AssemblyOptions, Harness } from './testing/harness.ts';
import { beginFlow, message, on, onlyRun, record, seen, sent, title } from './testing/things.ts';

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.stop();
  harness = undefined;
});

async function begin(flow: Flow, options: Partial<AssemblyOptions> = {}): Promise<Harness> {
  harness = await beginFlow(flow, options);
  return harness;
}

test('a call that waits for its window defers the run until then', async () => {
  const call: ModuleCall = async () => {
    calls += 1;
    const deferredUntil = new Date(Date.now() + 3_600_000).toISOString();
    if (calls === 1) throw new SocleError('quota_exceeded', 'full', { deferredUntil });
    return sent;
  };
  let calls = 0;
  const h = await begin(record, { call });
  await h.happen('t1');
  await expect.poll(async () => (await onlyRun(h))?.state).toBe('deferred');
  const [row] = await h.database.sql.query<{ minutes: number }>(
    'select extract(epoch from due_at - now())::int / 60 as minutes from socle.runs',
  );
  expect(row?.minutes).toBeGreaterThan(57);
  await h.engine.tasks['flows.run']?.({});
  expect((await onlyRun(h))?.state).toBe('deferred');
  await h.database.sql.query('update socle.runs set due_at = now()');
  await expect.poll(async () => (await onlyRun(h))?.state, { timeout: 10_000 }).toBe('succeeded');
  expect(calls).toBe(2);
  expect(await seen(h)).toEqual(['t1']);
});

test('a window that turns within a minute is waited for, whatever the policy, and costs no attempt', async () => {
  let calls = 0;
  const call: ModuleCall = async () => {
    calls += 1;
    if (calls <= 3)
      throw new SocleError('quota_exceeded', 'two a second', { retryAfterMs: 20, applied: 'no' });
    return sent;
  };
  const h = await begin(record, { call, retrying: { attempts: 2 } });
  await h.happen('t1');
  await expect.poll(async () => (await onlyRun(h))?.state, { timeout: 10_000 }).toBe('succeeded');
  expect(calls).toBe(4);
});

test('without a window to wait for, a full plan fails the run', async () => {
  const call: ModuleCall = async () => {
    throw new SocleError('quota_exceeded', 'full');
  };
  const h = await begin(record, { call });
  await h.happen('t1');
  await expect.poll(async () => (await onlyRun(h))?.state).toBe('failed');
});

test('a step calls what it declares, once', async () => {
  const flow = defineFlow({
    id: 'twice',
    title,
    on,
    steps: [
      {
        id: 'mail',
        title,
        kind: 'call',
        uses: 'email.send',
        run: async ({ call, event }) => {
          if (event.data.n === 1) await call(email, 'cancel', { messageId: 'x' });
          await call(email, 'send', message);
          await call(email, 'send', message);
        },
      },
    ],
  });
  let calls = 0;
  const h = await begin(flow, {
    call: async () => {
      calls += 1;
      return sent;
    },
  });
  await h.happen('undeclared', { n: 1 });
  await h.happen('twice', { n: 2 });
  await expect.poll(async () => (await h.engine.runs({ state: 'failed' })).items.length).toBe(2);
  expect(calls).toBe(1);
});

test('what PostgreSQL cannot store fails its run alone', async () => {
  const flow = defineFlow({
    id: 'odd',
    title,
    on,
    steps: [{ id: 'answer', title, kind: 'local', run: ({ event }) => (event.data.n === 1 ? 'a\0b' : 'ab') }],
  });
  const h = await begin(flow);
  await h.happen('odd', { n: 1 });
  await h.happen('even', { n: 2 });
  await expect.poll(async () => (await h.engine.runs({ state: 'failed' })).items.length).toBe(1);
  await expect.poll(async () => (await h.engine.runs({ state: 'succeeded' })).items.length).toBe(1);
});

test('a schedule makes one run for each tick', async () => {
  const flow = defineFlow({
    id: 'nightly',
    title,
    on: { schedule: '0 3 * * *' },
    steps: [{ id: 'note', title, kind: 'local', run: ({ event }) => event.data.scheduledAt }],
  });
  const h = await begin(flow);
  expect(h.engine.crontab).toEqual([{ task: 'flows.tick.nightly', match: '0 3 * * *' }]);
  const tick = h.engine.tasks['flows.tick.nightly'];
  const at = (ts: string) => tick?.({ _cron: { ts } });
  await Promise.all([at('2026-11-21T03:00:00Z'), at('2026-11-21T03:00:00Z'), at('2026-11-22T03:00:00Z')]);
  await expect.poll(async () => (await h.engine.runs({ state: 'succeeded' })).items.length).toBe(2);
  const { items } = await h.engine.runs({});
  const inputs = await Promise.all(items.map(async ({ id }) => (await h.engine.show(id)).input));
  expect(inputs).toHaveLength(2);
  expect(inputs).toContainEqual({ scheduledAt: '2026-11-21T03:00:00.000Z' });
  expect(inputs).toContainEqual({ scheduledAt: '2026-11-22T03:00:00.000Z' });
});

test('replaying an event starts flows that never ran for it and revives those that failed', async () => {
  let broken = true;
  const h = await begin(record, {
    call: async () => {
      if (broken) throw new SocleError('declined', 'no');
      return sent;
    },
  });
  const id = await h.happen('t1');
  await expect.poll(async () => (await onlyRun(h))?.state).toBe('failed');
  broken = false;
  await h.events.replay(id);
  await expect.poll(async () => (await onlyRun(h))?.state).toBe('succeeded');
  await h.events.replay(id);
  expect((await h.engine.runs()).items).toHaveLength(1);
  expect(await seen(h)).toEqual(['t1']);
  await h.database.sql.query('delete from socle.runs');
  await h.events.replay(id);
  await expect.poll(async () => (await onlyRun(h))?.state).toBe('succeeded');
});
