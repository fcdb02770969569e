import assert from 'node:assert/strict';
import { type CacheHarness, type Case, call, freshKey } from '../harness.ts';

const needs = 'publish-subscribe';

async function take(messages: AsyncIterable<unknown>, count: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  for await (const message of messages) {
    taken.push(message);
    if (taken.length === count) break;
  }
  return taken;
}

const publish = async (harness: CacheHarness, channel: string, ...messages: unknown[]): Promise<void> => {
  for (const message of messages)
    await call({ harness, client: harness.second }, 'publish', { channel, message: message as never });
};

export const channelCases: readonly Case[] = [
  {
    name: 'hands every message to every subscriber of its channel, in order',
    needs,
    async run(harness) {
      const channel = freshKey();
      const sent = [1, 'é 🦉', { a: [null] }, null, 'x'.repeat(20_000), 6];
      const readers = await Promise.all([1, 2].map(() => call({ harness }, 'subscribe', { channel })));
      const taken = readers.map((messages) => take(messages, sent.length));
      await publish(harness, channel, ...sent);
      assert.deepEqual(await Promise.all(taken), [sent, sent]);
    },
  },
  {
    name: 'keeps channels apart',
    needs,
    async run(harness) {
      const [mine, other] = [freshKey(), freshKey()];
      const taken = take(await call({ harness }, 'subscribe', { channel: mine }), 1);
      await publish(harness, other, 'for others');
      await publish(harness, `${mine}:sub`, 'for others');
      await publish(harness, mine, 'for me');
      assert.deepEqual(await taken, ['for me']);
    },
  },
  {
    name: 'ends when the caller aborts',
    needs,
    async run(harness) {
      const stop = new AbortController();
      const messages = await call({ harness, signal: stop.signal }, 'subscribe', { channel: freshKey() });
      const ended = take(messages, 1);
      stop.abort();
      assert.deepEqual(await ended, []);
    },
  },
  {
    name: 'publishing to nobody is no error',
    needs,
    run: (harness) => publish(harness, freshKey(), 'into the void'),
  },
];
