import { type Effects, SocleError } from '@socle/kernel';
import { email } from '@socle/port-email';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineFlow, type Flow } from './flow.ts';
import type { ModuleCall } from './step.ts';
import { type AssemblyOptions, createHarness, type Harness } from './testing/harness.ts';

const Thing = z.object({ n: z.number() });
const title = { en: 'A test', fr: 'Un test' };
const on = { event: 'thing.happened', data: Thing };
const message = { to: ['ada@example.com'], subject: 'Hello', text: 'Hello' };
const sent = { messageId: 'm1', acceptedAt: '2026-11-21T10:00:00Z' };

let harness: Harness | undefined;
afterEach(async () => {
  await harness?.stop();
  harness = undefined;
});

async function begin(flow: Flow, options: Partial<AssemblyOptions> = {}): Promise<Harness> {
  harness = await createHarness({
    flows: [flow],
    retrying: { attempts: 3, firstDelayMs: 10, maxDelayMs: 40 },
    ...options,
  });
  await harness.start();
  return harness;
}

const onlyRun = async ({ engine }: Harness) => {
  const { items } = await engine.runs();
  return items[0];
};
const seen = async ({ database }: Harness) =>
  (await database.sql.query<{ id: string }>('select id from public.effects_seen order by id')).map(
    (row) => row.id,
  );

const record = defineFlow({
  id: 'record-and-mail',
  title,
  on,
  emits: ['thing.mailed'],
  steps: [
    {
      id: 'record',
      title,
      kind: 'database',
      run: async ({ event, sql }) => {
        await sql.query('insert into public.effects_seen (id) values ($1)', [event.id]);
        return { doubled: event.data.n * 2 };
      },
    },
    {
      id: 'mail',
      title,
      kind: 'call',
      uses: 'email.send',
      run: ({ call }) => call(email, 'send', message),
    },
    {
      id: 'announce',
      title,
      kind: 'local',
      run: ({ emit, result }) => {
        const { doubled } = result('record', z.object({ doubled: z.number() }));
        const { messageId } = result('mail', z.object({ messageId: z.string() }));
        emit({ type: 'thing.mailed', data: { doubled, messageId } });
      },
    },
  ],
});

test('steps run in order, each with a memo, and what they emit is an event', async () => {
  const keys: string[] = [];
  const call: ModuleCall = async (request) => {
    keys.push(request.idempotencyKey);
    return sent;
  };
  const h = await begin(record, { call });
  const eventId = await h.happen('t1', { n: 21 });
  await expect.poll(async () => (await onlyRun(h))?.state).toBe('succeeded');
  const run = await onlyRun(h);
  expect(run).toMatchObject({ flow: 'record-and-mail', eventId, attempts: 1, error: null });
  const detail = await h.engine.show(run?.id ?? '');
  expect(detail.input).toEqual({ n: 21 });
  expect(detail.steps.map(({ id, state, output }) => ({ id, state, output }))).toEqual([
    { id: 'record', state: 'succeeded', output: { doubled: 42 } },
    { id: 'mail', state: 'succeeded', output: sent },
    { id: 'announce', state: 'succeeded', output: null },
  ]);
  expect(detail.steps[1]?.input).toEqual(message);
  expect(await seen(h)).toEqual(['t1']);
  expect(new Set(keys).size).toBe(1);
  const { items } = await h.events.list({ type: 'thing.mailed' });
  expect(items.map(({ source, data }) => ({ source, data }))).toEqual([
    { source: '/flows/record-and-mail', data: { doubled: 42, messageId: 'm1' } },
  ]);
  const [listed] = await h.engine.list();
  expect(listed?.counts).toMatchObject({ succeeded: 1, failed: 0 });
  expect(listed?.steps.map((step) => step.uses)).toEqual([null, 'email.send', null]);
});

test('the same event again starts no second run', async () => {
  const h = await begin(record, { call: async () => sent });
  await Promise.all(Array.from({ length: 10 }, () => h.happen('same')));
  await expect.poll(async () => (await onlyRun(h))?.state).toBe('succeeded');
  expect((await h.engine.runs()).items).toHaveLength(1);
  expect(await seen(h)).toEqual(['same']);
});

test('a retryable error is tried again under the same key; steps that succeeded are not', async () => {
  const keys: string[] = [];
  const call: ModuleCall = async ({ idempotencyKey }) => {
    keys.push(idempotencyKey);
    if (keys.length < 3) throw new SocleError('unavailable', 'not now');
    return sent;
  };
  const h = await begin(record, { call });
  await h.happen('t1');
  await expect.poll(async () => (await onlyRun(h))?.state, { timeout: 10_000 }).toBe('succeeded');
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(await seen(h)).toEqual(['t1']);
});

test('after the last try the run has failed; a person can have it go on', async () => {
  let broken = true;
  const call: ModuleCall = async () => {
    if (broken) throw new SocleError('unavailable', 'out of order');
    return sent;
  };
  const h = await begin(record, { call });
  await h.happen('t1');
  await expect.poll(async () => (await onlyRun(h))?.state, { timeout: 10_000 }).toBe('failed');
  const run = await onlyRun(h);
  expect(run?.error).toEqual({ code: 'unavailable', message: 'out of order' });
  const failed = await h.engine.show(run?.id ?? '');
  expect(failed.steps.map((step) => [step.state, step.attempts])).toEqual([
    ['succeeded', 1],
    ['failed', 3],
    ['waiting', 0],
  ]);
  broken = false;
  await h.engine.retry(run?.id ?? '');
  await expect.poll(async () => (await onlyRun(h))?.state).toBe('succeeded');
  expect(await seen(h)).toEqual(['t1']);
  await expect(h.engine.retry(run?.id ?? '')).rejects.toMatchObject({ code: 'precondition_failed' });
});

test('an error that no repetition mends fails at once, and takes the rows of its step back', async () => {
  const flow = defineFlow({
    id: 'broken',
    title,
    on,
    steps: [
      {
        id: 'write',
        title,
        kind: 'database',
        run: async ({ sql }) => {
          await sql.query(`insert into public.effects_seen (id) values ('half')`);
          throw new Error('a bug');
        },
      },
    ],
  });
  const h = await begin(flow);
  await h.happen('t1');
  await expect.poll(async () => (await onlyRun(h))?.state).toBe('failed');
  expect((await onlyRun(h))?.error).toEqual({ code: 'internal', message: 'a bug' });
  expect(await seen(h)).toEqual([]);
});

test('event data that does not fit the trigger fails the run before any step', async () => {
  const h = await begin(record, { call: async () => sent });
  await h.happen('t1', { n: 'not a number' });
  await expect.poll(async () => (await onlyRun(h))?.state).toBe('failed');
  expect(await seen(h)).toEqual([]);
});

describe('in doubt', () => {
  const park = async (): Promise<{ h: Harness; runId: string; calls: () => number; told: string[] }> => {
    let calls = 0;
    const told: string[] = [];
    const effects: Pick<Effects, 'succeeded' | 'failed'> = {
      succeeded: async (key, result) => void told.push(`succeeded ${key} ${JSON.stringify(result)}`),
      failed: async (key) => void told.push(`failed ${key}`),
    };
    const call: ModuleCall = async () => {
      calls += 1;
      if (calls === 1) throw new SocleError('outcome_unknown', 'it may have happened');
      return { ...sent, messageId: 'again' };
    };
    const h = await begin(record, { call, effects });
    await h.happen('t1');
    await expect.poll(async () => (await onlyRun(h))?.state).toBe('parked');
    const runId = (await onlyRun(h))?.id ?? '';
    return { h, runId, calls: () => calls, told };
  };

  test('the run is parked, and goes on with what a person saw', async () => {
    const { h, runId, calls, told } = await park();
    expect((await h.engine.show(runId)).steps[1]?.state).toBe('parked');
    await h.engine.resolve(runId, { stepId: 'mail', outcome: 'happened', output: { messageId: 'seen' } });
    await expect.poll(async () => (await onlyRun(h))?.state).toBe('succeeded');
    expect(calls()).toBe(1);
    expect(told).toEqual([expect.stringMatching(/^succeeded .+:mail \{"messageId":"seen"\}$/)]);
    const { items } = await h.events.list({ type: 'thing.mailed' });
    expect(items[0]?.data).toMatchObject({ messageId: 'seen' });
  });

  test('a step that did not happen is done again', async () => {
    const { h, runId, calls, told } = await park();
    await h.engine.resolve(runId, { stepId: 'mail', outcome: 'did_not_happen' });
    await expect.poll(async () => (await onlyRun(h))?.state).toBe('succeeded');
    expect(calls()).toBe(2);
    expect(told).toEqual([expect.stringMatching(/^failed .+:mail$/)]);
  });

  test('cancelling ends it, and nothing moves it afterwards', async () => {
    const { h, runId } = await park();
    await h.engine.cancel(runId);
    expect((await onlyRun(h))?.state).toBe('cancelled');
    await expect(h.engine.retry(runId)).rejects.toMatchObject({ code: 'precondition_failed' });
    await expect(h.engine.resolve(runId, { stepId: 'mail', outcome: 'happened' })).rejects.toMatchObject({
      code: 'precondition_failed',
    });
  });
});

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
