import assert from 'node:assert/strict';
import { isSocleError } from '@socle/kernel';
import fc from 'fast-check';
import { type Case, call, refusal } from '../harness.ts';
import { aPaid, theEvent } from './steps.ts';

export const refundCases: readonly Case[] = [
  {
    name: 'a part, then the rest: the sum is exact and told',
    needs: ['refunds'],
    run: async (harness) => {
      const paymentId = await aPaid(harness, 1001);
      const part = await call(harness, 'refund', { paymentId, amountMinor: 334 });
      assert.deepEqual([part.paymentId, part.amountMinor], [paymentId, 334]);
      assert.equal((await call(harness, 'getPayment', { paymentId })).refundedMinor, 334);
      const rest = await call(harness, 'refund', { paymentId });
      assert.equal(rest.amountMinor, 667);
      const payment = await call(harness, 'getPayment', { paymentId });
      assert.deepEqual([payment.refundedMinor, payment.amountMinor], [1001, 1001]);
      await theEvent(
        harness,
        'payment.refunded',
        (data) => data.paymentId === paymentId && data.refundedMinor === 1001 && data.amountMinor === 1001,
      );
    },
  },
  {
    name: 'more than is left is invalid_argument and refunds nothing',
    needs: ['refunds'],
    run: async (harness) => {
      const paymentId = await aPaid(harness, 1000);
      await refusal(call(harness, 'refund', { paymentId, amountMinor: 1001 }), 'invalid_argument');
      await call(harness, 'refund', { paymentId, amountMinor: 600 });
      await refusal(call(harness, 'refund', { paymentId, amountMinor: 401 }), 'invalid_argument');
      assert.equal((await call(harness, 'getPayment', { paymentId })).refundedMinor, 600);
    },
  },
  {
    name: 'nothing is left after a full refund',
    needs: ['refunds'],
    run: async (harness) => {
      const paymentId = await aPaid(harness, 500, 'JPY');
      await call(harness, 'refund', { paymentId });
      await refusal(call(harness, 'refund', { paymentId }), 'invalid_argument');
    },
  },
  {
    name: 'a refund repeated under its key gives the money back once',
    needs: ['refunds'],
    run: async (harness) => {
      const paymentId = await aPaid(harness, 900);
      const before = await harness.count('refund');
      const give = () =>
        call(harness, 'refund', { paymentId, amountMinor: 300 }, { key: `refund-${paymentId}` });
      assert.deepEqual(await give(), await give());
      assert.equal((await call(harness, 'getPayment', { paymentId })).refundedMinor, 300);
      assert.equal((await harness.count('refund')) - before, 1);
    },
  },
  {
    name: 'an unpaid payment and an unknown one cannot be refunded',
    needs: ['refunds'],
    run: async (harness) => {
      const { paymentId } = await call(harness, 'createPayment', { amountMinor: 700, currency: 'EUR' });
      await refusal(call(harness, 'refund', { paymentId }), 'invalid_argument');
      await refusal(call(harness, 'refund', { paymentId: 'pi_unknown' }), 'not_found');
    },
  },
  {
    name: 'refunds at the same moment never give back more than was paid',
    needs: ['refunds'],
    run: async (harness) => {
      const paymentId = await aPaid(harness, 1000);
      const outcomes = await Promise.allSettled(
        [400, 400, 400, 400].map((amountMinor) => call(harness, 'refund', { paymentId, amountMinor })),
      );
      const given = outcomes.filter((one) => one.status === 'fulfilled').length;
      const { refundedMinor } = await call(harness, 'getPayment', { paymentId });
      assert.ok(given <= 2 && refundedMinor === given * 400, `${given} refunds, ${refundedMinor} given back`);
    },
  },
  {
    name: 'property: every sequence of refunds adds up exactly and never exceeds the payment',
    needs: ['refunds'],
    run: async (harness) => {
      const sequence = fc.record({
        amount: fc.integer({ min: 100, max: 50_000 }),
        parts: fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 5 }),
      });
      await fc.assert(
        fc.asyncProperty(sequence, async ({ amount, parts }) => {
          const paymentId = await aPaid(harness, amount);
          let left = amount;
          for (const part of parts) {
            const outcome = await call(harness, 'refund', { paymentId, amountMinor: part }).catch(
              (error: unknown) => error,
            );
            if (part <= left) {
              assert.ok(!isSocleError(outcome), 'a refund that fits was refused');
              left -= part;
            } else assert.ok(isSocleError(outcome) && outcome.code === 'invalid_argument');
            const { refundedMinor } = await call(harness, 'getPayment', { paymentId });
            assert.equal(refundedMinor, amount - left);
          }
        }),
        { numRuns: 8 },
      );
    },
  },
];
