import { type Effects, SocleError } from '@socle/kernel';
import { afterEach, describe, expect, test } from 'vitest';
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
