import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineFlow, type LocalStep, type Step } from './flow.ts';

const title = { en: 'A', fr: 'A' };
const on = { event: 'a.b', data: z.object({ n: z.number() }) };
const step = (id: string): LocalStep<unknown> => ({ id, title, kind: 'local', run: () => null });
const define = (id: string, steps: readonly Step[]) => () => defineFlow({ id, title, on, steps });

test('ids are what is stored with every run: kebab-case, one of each, at least one step', () => {
  expect(define('my-flow', [step('one'), step('two-2')])).not.toThrow();
  expect(define('My flow', [step('one')])).toThrow('kebab-case');
  expect(define('my-flow', [step('one_two')])).toThrow('kebab-case');
  expect(define('my-flow', [step('one'), step('one')])).toThrow('two steps of one id');
  expect(define('my-flow', [])).toThrow('no step');
});

test('steps see the data as their trigger’s schema reads it', () => {
  defineFlow({
    id: 'typed',
    title,
    on,
    steps: [
      {
        id: 'one',
        title,
        kind: 'local',
        run: ({ event }) => {
          expectTypeOf(event.data).toEqualTypeOf<{ n: number }>();
        },
      },
    ],
  });
  defineFlow({
    id: 'timed',
    title,
    on: { schedule: '0 3 * * *' },
    steps: [
      {
        id: 'one',
        title,
        kind: 'database',
        run: async ({ event }) => {
          expectTypeOf(event.data).toEqualTypeOf<{ scheduledAt: string }>();
        },
      },
    ],
  });
});
