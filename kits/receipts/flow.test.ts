import { SocleError } from '@socle/kernel';
import { createTestDatabase, type TestDatabase } from '@socle/service-database/testing';
import { effectsMigrations } from '@socle/service-effects';
import { eventsMigrations } from '@socle/service-events';
import { flowsMigrations, type ModuleCall } from '@socle/service-flows';
import { type Assembly, assemble } from '@socle/service-flows/testing';
import { migrateJobs } from '@socle/service-jobs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { paymentReceipt, receiptsMigrations } from './index.ts';

let database: TestDatabase;
let flows: Assembly;
let calls: Parameters<ModuleCall>[0][];
let customer: () => unknown;
beforeEach(async () => {
  database = await createTestDatabase({
    migrations: [effectsMigrations, eventsMigrations, flowsMigrations, receiptsMigrations],
  });
  await migrateJobs(database);
  calls = [];
  customer = () => ({ email: 'found@example.com' });
  flows = assemble(database, {
    flows: [paymentReceipt],
    call: async (request) => {
      calls.push(request);
      return request.port === 'payments'
        ? customer()
        : { messageId: `m-${calls.length}`, acceptedAt: '2026-11-21T10:00:00Z' };
    },
  });
  await flows.start();
});
afterEach(async () => {
  await flows.stop();
  await database.drop();
});

const payment = {
  paymentId: 'pay_1',
  amountMinor: 1250,
  currency: 'EUR',
  customerId: null as string | null,
  email: 'ada@example.com' as string | null,
  description: 'Tea',
  metadata: {},
};
const succeed = (data: object, id = 'evt_1') =>
  flows.events.append('/platforms/acme', [
    { id, type: 'payment.succeeded', time: new Date('2026-11-21T10:00:00Z'), data },
  ]);
const finished = async () => {
  await expect.poll(async () => (await flows.engine.runs()).items[0]?.state).toBe('succeeded');
  return flows.engine.show((await flows.engine.runs()).items[0]?.id ?? '');
};

test('a payment becomes a row, a receipt and receipt.sent', async () => {
  await succeed(payment);
  await finished();
  expect(await database.sql.query('select payment_id, amount_minor, email, status from payments')).toEqual([
    { payment_id: 'pay_1', amount_minor: '1250', email: 'ada@example.com', status: 'succeeded' },
  ]);
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({
    port: 'email',
    operation: 'send',
    input: { to: ['ada@example.com'], subject: 'Your receipt for €12.50' },
  });
  const { items } = await flows.events.list({ type: 'receipt.sent' });
  expect(items.map(({ subject, data }) => ({ subject, data }))).toEqual([
    { subject: 'pay_1', data: { paymentId: 'pay_1', messageId: 'm-1' } },
  ]);
});

test('the same payment told by two events is one row', async () => {
  await succeed(payment, 'evt_1');
  await finished();
  await succeed({ ...payment, email: null }, 'evt_2');
  await expect.poll(async () => (await flows.engine.runs({ state: 'succeeded' })).items.length).toBe(2);
  expect(await database.sql.query('select email from payments')).toEqual([{ email: 'ada@example.com' }]);
});

test('without an address the payer’s customer is asked for one', async () => {
  await succeed({ ...payment, email: null, customerId: 'cus_1' });
  await finished();
  expect(calls.map(({ operation, input }) => [operation, input])).toEqual([
    ['getCustomer', { customerId: 'cus_1' }],
    ['send', expect.objectContaining({ to: ['found@example.com'] })],
  ]);
});

test.each([
  ['there is none', { email: null }, undefined],
  ['the customer is gone', { email: null, customerId: 'cus_1' }, new SocleError('not_found', 'gone')],
  ['it is no address', { email: 'nobody' }, undefined],
])('when %s the receipt is skipped, and that is on record', async (_name, change, thrown) => {
  customer = () => {
    throw thrown;
  };
  await succeed({ ...payment, ...change });
  const run = await finished();
  expect(run.steps.find((step) => step.id === 'send-receipt')?.output).toEqual({
    skipped: 'no e-mail address',
  });
  expect(calls.filter((call) => call.port === 'email')).toEqual([]);
  expect((await flows.events.list({ type: 'receipt.sent' })).items).toEqual([]);
});

test('payments are the server’s alone: nobody signed in reads them', async () => {
  await succeed(payment);
  await finished();
  const as = (role: string) =>
    database.sql.transaction(async (sql) => {
      await sql.query(`set local role ${role}`);
      return sql.query('select payment_id from public.payments');
    });
  await expect(as('anon')).rejects.toThrow('permission denied');
  await expect(as('authenticated')).rejects.toThrow('permission denied');
  expect(await as('service_role')).toHaveLength(1);
});
