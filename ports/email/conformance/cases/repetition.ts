import assert from 'node:assert/strict';
import { isSocleError } from '@socle/kernel';
import { type Case, call, draft, type EmailSuite, found, fresh, only, refusal } from '../harness.ts';

const idempotent = ({ guarantee }: EmailSuite): boolean => guarantee !== 'none';

export const repetitionCases: readonly Case[] = [
  {
    name: 'a repeated key makes no second message and gives the first receipt',
    applies: idempotent,
    run: async (harness) => {
      const [message, key] = [draft(), fresh('key')];
      const [first, second] = [
        await call(harness, 'send', message, { key }),
        await call(harness, 'send', message, { key }),
      ];
      assert.equal(second.messageId, first.messageId);
      only(await found(harness, message.subject));
    },
  },
  {
    name: 'the same key at the same time makes one message',
    applies: idempotent,
    run: async (harness) => {
      const [message, key] = [draft(), fresh('key')];
      const attempts = Array.from({ length: 6 }, () => call(harness, 'send', message, { key }));
      const ended = await Promise.allSettled(attempts);
      only(await found(harness, message.subject));
      const ids = ended.flatMap((one) => (one.status === 'fulfilled' ? [one.value.messageId] : []));
      assert.equal(new Set(ids).size, 1, 'no receipt, or different ones');
      for (const one of ended) {
        if (one.status === 'fulfilled') continue;
        assert.ok(isSocleError(one.reason), String(one.reason));
        assert.ok(['conflict', 'unavailable'].includes(one.reason.code), one.reason.code);
      }
    },
  },
  {
    name: 'a key used for another message is a conflict, and sends nothing',
    applies: idempotent,
    run: async (harness) => {
      const [message, other, key] = [draft(), draft(), fresh('key')];
      await call(harness, 'send', message, { key });
      await refusal(call(harness, 'send', other, { key }), 'conflict');
      assert.equal((await found(harness, other.subject)).length, 0);
    },
  },
  {
    name: 'equal messages under different keys are different messages',
    run: async (harness) => {
      const message = draft();
      const [first, second] = [await call(harness, 'send', message), await call(harness, 'send', message)];
      assert.notEqual(second.messageId, first.messageId);
      assert.equal((await found(harness, message.subject)).length, 2);
    },
  },
  {
    name: 'many at once are not mixed up',
    run: async (harness) => {
      const messages = Array.from({ length: 20 }, (_, at) => draft({ to: [`reader${at}@example.com`] }));
      const receipts = await Promise.all(messages.map((message) => call(harness, 'send', message)));
      assert.equal(new Set(receipts.map((one) => one.messageId)).size, messages.length);
      for (const message of messages) {
        const one = only(await found(harness, message.subject));
        assert.deepEqual(
          one.to.map(({ address }) => address),
          message.to,
        );
      }
    },
  },
  {
    name: 'an aborted call sends nothing',
    run: async (harness) => {
      const message = draft();
      const signal = AbortSignal.abort();
      await assert.rejects(call(harness, 'send', message, { signal }));
      assert.equal((await found(harness, message.subject)).length, 0);
    },
  },
];
