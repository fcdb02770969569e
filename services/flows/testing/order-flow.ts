import type { Sql } from '@socle/kernel';
import { email } from '@socle/port-email';
import { z } from 'zod';
import { defineFlow } from '../flow.ts';

const title = { en: 'A test', fr: 'Un test' };

/** Rows, an effect outside, rows, another effect: something to lose between any two of them. */
export const orderFlow = defineFlow({
  id: 'order',
  title,
  on: { event: 'thing.happened', data: z.object({ n: z.number() }) },
  emits: ['thing.done'],
  steps: [
    { id: 'record', title, kind: 'database', run: ({ event, sql }) => note(sql, `record ${event.id}`) },
    { id: 'mail', title, kind: 'call', uses: 'email.send', run: ({ call }) => call(email, 'send', message) },
    { id: 'mark', title, kind: 'database', run: ({ event, sql }) => note(sql, `mark ${event.id}`) },
    {
      id: 'mail-again',
      title,
      kind: 'call',
      uses: 'email.send',
      run: ({ call }) => call(email, 'send', message),
    },
    {
      id: 'announce',
      title,
      kind: 'local',
      run: ({ emit, event }) => emit({ type: 'thing.done', data: { id: event.id } }),
    },
  ],
});

const message = { to: ['ada@example.com'], subject: 'Hello', text: 'Hello' };

async function note(sql: Sql, id: string): Promise<{ pid: number }> {
  await sql.query('insert into public.effects_seen (id, note) values ($1, $2)', [id, String(process.pid)]);
  return { pid: process.pid };
}
