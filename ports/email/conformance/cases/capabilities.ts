import assert from 'node:assert/strict';
import { isSocleError, SocleError } from '@socle/kernel';
import { type Case, call, draft, type EmailSuite, found, fresh, refusal } from '../harness.ts';

const has =
  (...names: EmailSuite['capabilities']) =>
  ({ capabilities }: EmailSuite): boolean =>
    names.every((name) => capabilities.includes(name));
const lacks =
  (name: EmailSuite['capabilities'][number]) =>
  ({ capabilities }: EmailSuite): boolean =>
    !capabilities.includes(name);
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

export const capabilityCases: readonly Case[] = [
  {
    name: 'status: what was sent can be read',
    applies: has('status'),
    run: async (harness) => {
      const message = draft({
        to: ['ada@example.com', 'Bob <bob@example.com>'],
        subject: `${fresh('État')} ü`,
      });
      const { messageId } = await call(harness, 'send', message);
      const sent = await call(harness, 'get', { messageId });
      assert.equal(sent.messageId, messageId);
      assert.equal(sent.subject, message.subject);
      assert.deepEqual(sent.to.map(bare), ['ada@example.com', 'bob@example.com']);
      assert.ok(['accepted', 'delivered'].includes(sent.state), sent.state);
    },
  },
  {
    name: 'status: an unknown message is not_found',
    applies: has('status'),
    run: async (harness) => {
      for (const messageId of [crypto.randomUUID(), 'no such message'])
        await refusal(call(harness, 'get', { messageId }), 'not_found');
    },
  },
  {
    name: 'status: undeclared, get answers unsupported',
    applies: lacks('status'),
    run: async (harness) => {
      await refusal(call(harness, 'get', { messageId: 'any' }), 'unsupported');
    },
  },
  {
    name: 'scheduling: a message waits, and can be cancelled, once or twice',
    applies: has('scheduling', 'status'),
    run: async (harness) => {
      const { messageId } = await call(harness, 'send', draft({ scheduledAt: inAnHour() }));
      assert.equal((await call(harness, 'get', { messageId })).state, 'scheduled');
      for (const key of [fresh('cancel'), fresh('cancel')])
        assert.equal((await call(harness, 'cancel', { messageId }, { key })).messageId, messageId);
      assert.equal((await call(harness, 'get', { messageId })).state, 'cancelled');
    },
  },
  {
    name: 'scheduling: what has left cannot be cancelled, what never was is not_found',
    applies: has('scheduling'),
    run: async (harness) => {
      const { messageId } = await call(harness, 'send', draft());
      await refusal(call(harness, 'cancel', { messageId }), 'precondition_failed');
      await refusal(call(harness, 'cancel', { messageId: crypto.randomUUID() }), 'not_found');
    },
  },
  {
    name: 'scheduling: undeclared, cancel answers unsupported and a later date never means now',
    applies: lacks('scheduling'),
    run: async (harness) => {
      await refusal(call(harness, 'cancel', { messageId: 'any' }), 'unsupported');
      const message = draft({ scheduledAt: inAnHour() });
      await refusal(call(harness, 'send', message), 'unsupported');
      assert.equal((await found(harness, message.subject)).length, 0);
    },
  },
  {
    name: 'any thrown value becomes one SocleError',
    run: async (harness) => {
      assert.equal(harness.toError(new SocleError('declined', 'no')).code, 'declined');
      for (const junk of [undefined, null, 'text', 7, {}, [], new Error('x'), { name: 'new_error' }])
        assert.ok(isSocleError(harness.toError(junk)), `not for ${String(junk)}`);
    },
  },
];

const bare = (address: string): string => /<(.+)>/.exec(address)?.[1] ?? address;
