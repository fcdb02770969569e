import { defineAdapter, definePlatform, field, SocleError } from '@socle/kernel';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { harness, post, type Scripted, scripted } from './testing/harness.ts';

const text = { en: 'Token', fr: 'Jeton' };

/** Tells which token each call was made with. */
function keyed(): Scripted {
  const script = scripted('embedded');
  const platform = definePlatform({
    ...script.platform,
    settings: z.object({ token: field(z.string(), { title: text, help: text, env: 'ACME_TOKEN' }) }),
    adapters: [
      defineAdapter<typeof post, { token: string }>({
        port: post,
        capabilities: [],
        guarantees: { send: 'natural' },
        load: async () => ({
          create: ({ token }) =>
            ({
              send: async () => {
                script.calls.push({ operation: 'send', key: token });
                if (script.calls.length === 1)
                  throw new SocleError('rate_limited', 'slow down', { retryAfterMs: 150 });
                return { id: token };
              },
            }) as never,
        }),
      }),
    ],
  });
  return Object.assign(script, { platform });
}

test('settings that change during a pause hold for the next try, and for every call after it', async () => {
  const one = keyed();
  const { modules, send, bootWith } = harness([one], { env: { ACME_TOKEN: 'old' } });
  const sent = send();
  await expect.poll(() => one.calls.length).toBe(1);
  modules.update(bootWith({ ACME_TOKEN: 'new' }));
  await expect(sent).resolves.toEqual({ id: 'new' });
  await expect(send()).resolves.toEqual({ id: 'new' });
});
