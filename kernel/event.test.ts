import { expect, test } from 'vitest';
import { toCloudEvent } from './event.ts';

test('a draft becomes a CloudEvent 1.0', () => {
  const draft = {
    id: '1',
    type: 'payment.succeeded',
    time: new Date('2026-11-21T10:00:00Z'),
    data: { a: 1 },
  };
  const event = toCloudEvent('/platforms/stripe', draft);
  expect(event).toEqual({
    specversion: '1.0',
    id: '1',
    source: '/platforms/stripe',
    type: 'payment.succeeded',
    time: '2026-11-21T10:00:00.000Z',
    datacontenttype: 'application/json',
    data: { a: 1 },
  });
  expect(toCloudEvent('/x', { ...draft, subject: 'pi_1' }).subject).toBe('pi_1');
});
