import { type Clock, SocleError, toCloudEvent } from '@socle/kernel';
import { email } from '@socle/port-email';
import { quiet } from '@socle/service-database/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Advance } from './advance.ts';
import { type Execution, executeRun } from './execute.ts';
import { defineFlow } from './flow.ts';
import type { Lease } from './lease.ts';
import { RETRYING } from './verdict.ts';

const title = { en: 'A', fr: 'A' };
const message = { to: ['ada@example.com'], subject: 'x', text: 'x' };
const step = (id: string) =>
  ({
    id,
    title,
    kind: 'call',
    uses: 'email.send',
    run: ({ call }) => call(email, 'send', message),
  }) as const satisfies Parameters<typeof defineFlow>[0]['steps'][number];
const flow = defineFlow({
  id: 'three-calls',
  title,
  on: { event: 't', data: z.unknown() },
  steps: [step('one'), step('two'), step('three')],
});
const clock: Clock = { now: () => new Date('2026-11-21T10:00:00Z') };
const event = toCloudEvent('/x', { id: 'e', type: 't', time: clock.now(), data: null });
const run = { id: '1', key: 'key', flow: flow.id, fence: 1, event, steps: new Map() };

/** Runs the flow; `during` is told the number of each call while it is under way. */
async function execute(during: (call: number, world: { lease: boolean; stopping: boolean }) => void) {
  const world = { lease: true, stopping: false };
  const lease: Lease = { owner: 'o', signal: new AbortController().signal, holds: () => world.lease };
  const advances: Advance[] = [];
  const keys: string[] = [];
  const execution: Execution = {
    call: async ({ idempotencyKey }) => {
      keys.push(idempotencyKey);
      during(keys.length, world);
      return { messageId: 'm' };
    },
    clock,
    log: quiet,
    retrying: RETRYING,
    advance: async (item) => {
      advances.push(item);
      return true;
    },
    transactions: { commit: () => Promise.reject(new Error('no database step here')) },
    isStopping: () => world.stopping,
  };
  const afterMs = await executeRun({ run, flow, lease }, execution);
  return { keys, advances, afterMs };
}
const memos = (advances: readonly Advance[]) =>
  advances.flatMap((one) => one.memos.map((memo) => memo.stepId));

test('every step has a key of its own, and its memo', async () => {
  const { keys, advances } = await execute(() => undefined);
  expect(keys).toEqual(['key:one', 'key:two', 'key:three']);
  expect(memos(advances)).toEqual(['one', 'two', 'three']);
  expect(advances.at(-1)?.to).toEqual({ state: 'succeeded' });
});

test('who wakes up after its lease begins no further effect and says nothing', async () => {
  const { keys, advances } = await execute((call, world) => {
    if (call === 2) world.lease = false;
  });
  expect(keys).toEqual(['key:one', 'key:two']);
  expect(advances.some((one) => one.to)).toBe(false);
});

test('who fails after its lease says nothing either: the run is another worker’s', async () => {
  const { advances } = await execute((call, world) => {
    if (call < 2) return;
    world.lease = false;
    throw new SocleError('declined', 'too late');
  });
  expect(memos(advances)).toEqual(['one']);
  expect(advances.some((one) => one.to)).toBe(false);
});

test('a process that stops ends the step it is at, and gives the run back', async () => {
  const { keys, advances, afterMs } = await execute((call, world) => {
    if (call === 1) world.stopping = true;
  });
  expect(keys).toEqual(['key:one']);
  expect(memos(advances)).toEqual(['one']);
  expect(advances.at(-1)?.to).toEqual({ state: 'waiting', afterMs: 0 });
  expect(afterMs).toBe(0);
});
