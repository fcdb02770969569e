import assert from 'node:assert/strict';
import { type Case, call } from '../harness.ts';
import { aCustomer, theEvent } from './steps.ts';

export const paymentCases: readonly Case[] = [
  {
    name: 'a payment is prepared with a client secret and pending until it is confirmed',
    run: async (harness) => {
      const customerId = await aCustomer(harness);
      const prepared = await call(harness, 'createPayment', {
        amountMinor: 1250,
        currency: 'EUR',
        customerId,
      });
      assert.ok(prepared.clientSecret.length >= 16, 'the client secret can be guessed');
      assert.equal(prepared.state, 'pending');
      assert.equal(prepared.customerId, customerId);
      await harness.payer.confirm(prepared);
      const paid = await call(harness, 'getPayment', { paymentId: prepared.paymentId });
      assert.deepEqual([paid.state, paid.amountMinor, paid.refundedMinor], ['succeeded', 1250, 0]);
      assert.ok(!('clientSecret' in paid), 'reading a payment gives its client secret away');
    },
  },
  {
    name: 'a payment that succeeded is told once, with address, description and metadata',
    run: async (harness) => {
      const prepared = await call(harness, 'createPayment', {
        amountMinor: 500,
        currency: 'JPY',
        receiptEmail: 'payer@example.com',
        description: 'Commande n° 12',
        metadata: { order: '12', cle: 'été ✓' },
      });
      await harness.payer.confirm(prepared);
      const event = await theEvent(
        harness,
        'payment.succeeded',
        (data) => data.paymentId === prepared.paymentId,
      );
      assert.deepEqual(event.data, {
        paymentId: prepared.paymentId,
        amountMinor: 500,
        currency: 'JPY',
        customerId: null,
        email: 'payer@example.com',
        description: 'Commande n° 12',
        metadata: { order: '12', cle: 'été ✓' },
      });
      const same = (await harness.events()).filter(
        (one) =>
          one.type === 'payment.succeeded' &&
          (one.data as { paymentId: string }).paymentId === prepared.paymentId,
      );
      assert.equal(new Set(same.map((one) => one.id)).size, 1, 'one fact came under several ids');
    },
  },
  {
    name: 'a refused card fails the payment, which may be tried again',
    run: async (harness) => {
      const prepared = await call(harness, 'createPayment', { amountMinor: 800, currency: 'EUR' });
      await harness.payer.decline(prepared);
      const failed = await call(harness, 'getPayment', { paymentId: prepared.paymentId });
      assert.equal(failed.state, 'failed');
      const event = await theEvent(
        harness,
        'payment.failed',
        (data) => data.paymentId === prepared.paymentId,
      );
      assert.ok((event.data as { reason: string | null }).reason, 'a failed payment tells no reason');
      await harness.payer.confirm(prepared);
      assert.equal((await call(harness, 'getPayment', { paymentId: prepared.paymentId })).state, 'succeeded');
    },
  },
  {
    name: 'a new customer is told',
    run: async (harness) => {
      const customerId = await aCustomer(harness);
      const event = await theEvent(harness, 'customer.created', (data) => data.customerId === customerId);
      assert.equal((event.data as { email: string | null }).email, 'zoe@example.com');
    },
  },
];
