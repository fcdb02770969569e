import assert from 'node:assert/strict';
import { type Case, call, refusal } from '../harness.ts';
import { aCustomer, anActiveSubscription, aPrice, theEvent } from './steps.ts';

export const subscriptionCases: readonly Case[] = [
  {
    name: 'a subscription without a card waits for its first payment',
    needs: ['subscriptions'],
    run: async (harness) => {
      const customerId = await aCustomer(harness);
      const priceId = await aPrice(harness, { amountMinor: 900, currency: 'EUR', interval: 'month' });
      const made = await call(harness, 'createSubscription', { customerId, priceId });
      assert.deepEqual([made.customerId, made.priceId, made.state], [customerId, priceId, 'incomplete']);
      assert.deepEqual(await call(harness, 'getSubscription', { subscriptionId: made.subscriptionId }), made);
    },
  },
  {
    name: 'a subscription paid at a checkout is active for one period, and told',
    needs: ['subscriptions', 'checkout'],
    run: async (harness) => {
      const metadata = { seat: 'équipe' };
      const { subscriptionId, customerId, priceId } = await anActiveSubscription(harness, metadata);
      const read = await call(harness, 'getSubscription', { subscriptionId });
      assert.deepEqual([read.state, read.customerId, read.priceId], ['active', customerId, priceId]);
      assert.equal(read.cancelAtPeriodEnd, false);
      assert.ok(read.currentPeriodEnd && Date.parse(read.currentPeriodEnd) > 0);
      const started = await theEvent(
        harness,
        'subscription.started',
        (data) => data.subscriptionId === subscriptionId,
      );
      assert.deepEqual((started.data as { metadata: unknown }).metadata, metadata);
      const paid = await theEvent(harness, 'invoice.paid', (data) => data.subscriptionId === subscriptionId);
      assert.equal((paid.data as { totalMinor: number }).totalMinor, 1900);
    },
  },
  {
    name: 'cancelling at the period end leaves it active until then',
    needs: ['subscriptions', 'checkout'],
    run: async (harness) => {
      const { subscriptionId } = await anActiveSubscription(harness);
      const cancelled = await call(harness, 'cancelSubscription', { subscriptionId });
      assert.deepEqual([cancelled.state, cancelled.cancelAtPeriodEnd], ['active', true]);
      await theEvent(
        harness,
        'subscription.changed',
        (data) => data.subscriptionId === subscriptionId && data.cancelAtPeriodEnd === true,
      );
    },
  },
  {
    name: 'cancelling now ends it, is told, and cancelling again changes nothing',
    needs: ['subscriptions', 'checkout'],
    run: async (harness) => {
      const { subscriptionId } = await anActiveSubscription(harness);
      const ended = await call(harness, 'cancelSubscription', { subscriptionId, atPeriodEnd: false });
      assert.equal(ended.state, 'cancelled');
      assert.equal((await call(harness, 'getSubscription', { subscriptionId })).state, 'cancelled');
      await theEvent(harness, 'subscription.ended', (data) => data.subscriptionId === subscriptionId);
      for (const atPeriodEnd of [false, true]) {
        assert.equal(
          (await call(harness, 'cancelSubscription', { subscriptionId, atPeriodEnd })).state,
          'cancelled',
        );
      }
    },
  },
  {
    name: 'a subscription started twice under one key is one subscription',
    needs: ['subscriptions'],
    run: async (harness) => {
      const customerId = await aCustomer(harness);
      const priceId = await aPrice(harness, { amountMinor: 900, currency: 'EUR', interval: 'year' });
      const before = await harness.count('subscription');
      const start = () =>
        call(harness, 'createSubscription', { customerId, priceId, quantity: 2 }, { key: `sub-${priceId}` });
      assert.deepEqual(await start(), await start());
      assert.equal((await harness.count('subscription')) - before, 1);
    },
  },
  {
    name: 'unknown customers, prices and subscriptions are not_found; a one-off price is invalid',
    needs: ['subscriptions'],
    run: async (harness) => {
      const customerId = await aCustomer(harness);
      const priceId = await aPrice(harness, { amountMinor: 900, currency: 'EUR', interval: 'month' });
      const once = await aPrice(harness, { amountMinor: 900, currency: 'EUR' });
      const start = (input: { customerId: string; priceId: string }) =>
        call(harness, 'createSubscription', input);
      await refusal(start({ customerId: 'cus_unknown', priceId }), 'not_found');
      await refusal(start({ customerId, priceId: 'price_unknown' }), 'not_found');
      await refusal(start({ customerId, priceId: once }), 'invalid_argument');
      await refusal(call(harness, 'getSubscription', { subscriptionId: 'sub_unknown' }), 'not_found');
      await refusal(call(harness, 'cancelSubscription', { subscriptionId: 'sub_unknown' }), 'not_found');
    },
  },
  {
    name: 'invoices come newest first, page by page, each once',
    needs: ['invoices', 'subscriptions'],
    run: async (harness) => {
      const customerId = await aCustomer(harness);
      assert.deepEqual(await call(harness, 'listInvoices', { customerId }), { invoices: [] });
      for (const amountMinor of [1100, 1200, 1300]) {
        const priceId = await aPrice(harness, { amountMinor, currency: 'EUR', interval: 'month' });
        await call(harness, 'createSubscription', { customerId, priceId });
      }
      const first = await call(harness, 'listInvoices', { customerId, limit: 2 });
      assert.ok(first.nextCursor, 'a first page that is not the last has no cursor');
      const second = await call(harness, 'listInvoices', { customerId, limit: 2, cursor: first.nextCursor });
      assert.equal(second.nextCursor, undefined);
      const all = [...first.invoices, ...second.invoices];
      assert.deepEqual(
        all.map((one) => one.totalMinor),
        [1300, 1200, 1100],
      );
      assert.equal(new Set(all.map((one) => one.invoiceId)).size, 3);
    },
  },
  {
    name: 'a paid invoice is numbered and has a page',
    needs: ['invoices', 'subscriptions', 'checkout'],
    run: async (harness) => {
      const { customerId } = await anActiveSubscription(harness);
      const { invoices } = await call(harness, 'listInvoices', { customerId });
      assert.equal(invoices.length, 1);
      assert.deepEqual(
        [invoices[0]?.state, invoices[0]?.totalMinor, invoices[0]?.currency],
        ['paid', 1900, 'EUR'],
      );
      assert.ok(invoices[0]?.number);
      assert.ok(invoices[0]?.url);
    },
  },
  {
    name: 'the invoices of an unknown customer are not_found',
    needs: ['invoices'],
    run: async (harness) => {
      await refusal(call(harness, 'listInvoices', { customerId: 'cus_unknown' }), 'not_found');
    },
  },
];
