import { defineAdapter, definePlatform, definePort, isSocleError, SocleError, write } from '@socle/kernel';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { harness, type Scripted, scripted } from './testing/harness.ts';

const files = definePort({
  id: 'files',
  title: { en: 'Files', fr: 'Fichiers' },
  capabilities: [],
  operations: {
    put: write(z.object({ body: z.instanceof(ReadableStream) }), z.object({ size: z.number() }), {
      transport: 'binary',
    }),
  },
  texts: { put: { en: 'Stores', fr: 'Range' } },
  events: {},
});

/** Reads the body to its end, then fails as often as it is told to. */
function shelf(id: string, failures: number): Scripted {
  const script = scripted(id);
  let left = failures;
  const put = async ({ body }: { body: ReadableStream<Uint8Array> }) => {
    script.calls.push({ operation: 'put', key: '' });
    let size = 0;
    for await (const chunk of body) size += chunk.byteLength;
    left -= 1;
    if (left >= 0) throw new SocleError('unavailable', 'the database is away', { applied: 'no' });
    return { size };
  };
  const platform = definePlatform({
    ...script.platform,
    adapters: [
      defineAdapter<typeof files, object>({
        port: files,
        capabilities: [],
        guarantees: { put: 'natural' },
        load: async () => ({ create: () => ({ put }) as never }),
      }),
    ],
    toError: (thrown) => (isSocleError(thrown) ? thrown : new SocleError('internal', String(thrown))),
  });
  return Object.assign(script, { platform });
}

const body = () => new Response('seven b').body;

test('a stream that was read is not stored a second time, empty as it is by then', async () => {
  const one = shelf('embedded', 1);
  const { modules } = harness([one]);
  const put = modules.call({ port: 'files', operation: 'put', input: { body: body() } });
  await expect(put).rejects.toMatchObject({ code: 'unavailable' });
  expect(one.calls).toHaveLength(1);
});

test('nor does the next platform of the chain get what is left of it', async () => {
  const [acme, own] = [shelf('acme', 1), shelf('embedded', 0)];
  const env = { SOCLE_FILES: 'acme,embedded', SOCLE_FILES_POLICY: 'next' };
  const { modules } = harness([acme, own], { env });
  const put = modules.call({ port: 'files', operation: 'put', input: { body: body() } });
  await expect(put).rejects.toMatchObject({ code: 'unavailable' });
  expect(own.calls).toEqual([]);
});
