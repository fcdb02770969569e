import { email } from '@socle/port-email';
import { z } from 'zod';
import { defineFlow, type Flow } from '../flow.ts';
import { type AssemblyOptions, createHarness, type Harness } from './harness.ts';

export const Thing = z.object({ n: z.number() });
export const title = { en: 'A test', fr: 'Un test' };
export const on = { event: 'thing.happened', data: Thing };
export const message = { to: ['ada@example.com'], subject: 'Hello', text: 'Hello' };
export const sent = { messageId: 'm1', acceptedAt: '2026-11-21T10:00:00Z' };

export const onlyRun = async ({ engine }: Harness) => {
  const { items } = await engine.runs();
  return items[0];
};
export const seen = async ({ database }: Harness) =>
  (await database.sql.query<{ id: string }>('select id from public.effects_seen order by id')).map(
    (row) => row.id,
  );

export const record = defineFlow({
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

/** A working engine with one flow, which tries three times and hardly waits. */
export async function beginFlow(flow: Flow, options: Partial<AssemblyOptions> = {}): Promise<Harness> {
  const harness = await createHarness({
    flows: [flow],
    retrying: { attempts: 3, firstDelayMs: 10, maxDelayMs: 40 },
    ...options,
  });
  await harness.start();
  return harness;
}
