import assert from 'node:assert/strict';
import { type Case, call, refusal } from '../harness.ts';
import { aCustomer, anOpenCheckout, aPrice, cancelUrl, successUrl, theEvent } from './steps.ts';

export const checkoutCases: readonly Case[] = [
  {
    name: 'a checkout is open with an address, then complete with a payment',
    needs: ['checkout'],
    run: async (harness) => {
      const customerId = await aCustomer(harness);
      const priceId = await aPrice(harness, { amountMinor: 2500, currency: 'EUR' });
      const opened = await anOpenCheckout(harness, { mode: 'payment', priceId, customerId });
      const before = await call(harness, 'getCheckout', { checkoutId: opened.checkoutId });
      assert.equal(before.state, 'open');
      assert.equal(before.url, opened.url);
      assert.equal(before.customerId, customerId);
      await harness.payer.completeCheckout(opened);
      const after = await call(harness, 'getCheckout', { checkoutId: opened.checkoutId });
      assert.equal(after.state, 'complete');
      assert.equal(after.url, null);
      assert.equal(after.subscriptionId, null);
      assert.ok(after.paymentId, 'a complete checkout in mode payment has a payment');
      const payment = await call(harness, 'getPayment', { paymentId: after.paymentId });
      assert.deepEqual(
        [payment.state, payment.amountMinor, payment.refundedMinor, payment.currency],
        ['succeeded', 2500, 0, 'EUR'],
      );
    },
  },
  {
    name: 'quantities multiply and items add up, exactly',
    needs: ['checkout'],
    run: async (harness) => {
      const one = await aPrice(harness, { amountMinor: 333, currency: 'EUR' });
      const two = await aPrice(harness, { amountMinor: 101, currency: 'EUR' });
      const opened = await call(harness, 'createCheckout', {
        mode: 'payment',
        items: [{ priceId: one, quantity: 3 }, { priceId: two }],
        successUrl,
        cancelUrl,
        customerEmail: 'guest@example.com',
      });
      assert.ok(opened.url);
      await harness.payer.completeCheckout({ checkoutId: opened.checkoutId, url: opened.url });
      const { paymentId, customerId } = await call(harness, 'getCheckout', { checkoutId: opened.checkoutId });
      assert.ok(paymentId);
      assert.ok(customerId, 'a payer without customer becomes one');
      assert.equal((await call(harness, 'getPayment', { paymentId })).amountMinor, 3 * 333 + 101);
    },
  },
  {
    name: 'a completed checkout tells its facts once, metadata included',
    needs: ['checkout'],
    run: async (harness) => {
      const customerId = await aCustomer(harness);
      const priceId = await aPrice(harness, { amountMinor: 4200, currency: 'EUR' });
      const metadata = { order: 'n° 7', note: 'été' };
      const opened = await anOpenCheckout(harness, { mode: 'payment', priceId, customerId, metadata });
      await harness.payer.completeCheckout(opened);
      const done = await theEvent(
        harness,
        'checkout.completed',
        (data) => data.checkoutId === opened.checkoutId,
      );
      const { paymentId, metadata: told } = done.data as { paymentId: string; metadata: unknown };
      assert.deepEqual(told, metadata);
      const paid = await theEvent(harness, 'payment.succeeded', (data) => data.paymentId === paymentId);
      const { amountMinor, currency } = paid.data as { amountMinor: number; currency: string };
      assert.deepEqual([amountMinor, currency], [4200, 'EUR']);
      assert.deepEqual((paid.data as { metadata: unknown }).metadata, metadata);
    },
  },
  {
    name: 'mode and prices must fit',
    needs: ['checkout'],
    run: async (harness) => {
      const customerId = await aCustomer(harness);
      const monthly = await aPrice(harness, { amountMinor: 900, currency: 'EUR', interval: 'month' });
      const once = await aPrice(harness, { amountMinor: 900, currency: 'EUR' });
      await refusal(
        anOpenCheckout(harness, { mode: 'payment', priceId: monthly, customerId }),
        'invalid_argument',
      );
      await refusal(
        anOpenCheckout(harness, { mode: 'subscription', priceId: once, customerId }),
        'invalid_argument',
      );
    },
  },
  {
    name: 'unknown prices, customers and checkouts are not_found',
    needs: ['checkout'],
    run: async (harness) => {
      const customerId = await aCustomer(harness);
      const priceId = await aPrice(harness, { amountMinor: 900, currency: 'EUR' });
      const open = (input: { priceId: string; customerId: string }) =>
        refusal(anOpenCheckout(harness, { mode: 'payment', ...input }), 'not_found');
      await open({ priceId: 'price_unknown', customerId });
      await open({ priceId, customerId: 'cus_unknown' });
      await refusal(call(harness, 'getCheckout', { checkoutId: 'cs_test_unknown' }), 'not_found');
    },
  },
  {
    name: 'a checkout opened twice under one key is one checkout',
    needs: ['checkout'],
    run: async (harness) => {
      const priceId = await aPrice(harness, { amountMinor: 900, currency: 'EUR' });
      const before = await harness.count('checkout');
      const open = () =>
        call(
          harness,
          'createCheckout',
          { mode: 'payment', items: [{ priceId }], successUrl, cancelUrl },
          { key: `checkout-${priceId}` },
        );
      assert.deepEqual(await open(), await open());
      assert.equal((await harness.count('checkout')) - before, 1);
    },
  },
];
