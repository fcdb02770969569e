import assert from 'node:assert/strict';
import { type Case, call, refusal } from '../harness.ts';
import { aCustomer, aPrice } from './steps.ts';

export const objectCases: readonly Case[] = [
  {
    name: 'a customer is made and read back, name in any script',
    run: async (harness) => {
      const made = await call(harness, 'createCustomer', {
        email: 'zoe@example.com',
        name: 'Zoé 漢字 Ødegård 🪴',
        metadata: { tenant: 'acme & söhne' },
      });
      assert.equal(made.email, 'zoe@example.com');
      assert.equal(made.name, 'Zoé 漢字 Ødegård 🪴');
      assert.deepEqual(await call(harness, 'getCustomer', { customerId: made.customerId }), made);
    },
  },
  {
    name: 'a customer without name has none',
    run: async (harness) => {
      const made = await call(harness, 'createCustomer', { email: 'nameless@example.com' });
      assert.equal((await call(harness, 'getCustomer', { customerId: made.customerId })).name, null);
    },
  },
  {
    name: 'a deleted customer is gone, and deleting again changes nothing',
    run: async (harness) => {
      const customerId = await aCustomer(harness);
      assert.deepEqual(await call(harness, 'deleteCustomer', { customerId }), { customerId });
      await refusal(call(harness, 'getCustomer', { customerId }), 'not_found');
      assert.deepEqual(await call(harness, 'deleteCustomer', { customerId }), { customerId });
    },
  },
  {
    name: 'a product is active when made',
    run: async (harness) => {
      const made = await call(harness, 'createProduct', { name: 'Thé « Sencha »', description: 'vert' });
      assert.equal(made.name, 'Thé « Sencha »');
      assert.equal(made.active, true);
    },
  },
  {
    name: 'a price is paid once, or at an interval',
    run: async (harness) => {
      const { productId } = await call(harness, 'createProduct', { name: 'Plan' });
      const once = await call(harness, 'createPrice', { productId, amountMinor: 990, currency: 'EUR' });
      assert.deepEqual(
        { ...once, priceId: '' },
        {
          priceId: '',
          productId,
          amountMinor: 990,
          currency: 'EUR',
          interval: null,
        },
      );
      for (const interval of ['day', 'week', 'month', 'year'] as const) {
        const price = await call(harness, 'createPrice', {
          productId,
          amountMinor: 100,
          currency: 'EUR',
          interval,
        });
        assert.equal(price.interval, interval);
      }
    },
  },
  {
    name: 'amounts are whole minor units, whatever the currency has',
    run: async (harness) => {
      const { productId } = await call(harness, 'createProduct', { name: 'Exact' });
      for (const [currency, amountMinor] of [
        ['JPY', 500],
        ['KWD', 12_340],
        ['EUR', 99_999_999],
      ] as const) {
        const price = await call(harness, 'createPrice', { productId, amountMinor, currency });
        assert.deepEqual([price.amountMinor, price.currency], [amountMinor, currency]);
        const payment = await call(harness, 'createPayment', { amountMinor, currency });
        const read = await call(harness, 'getPayment', { paymentId: payment.paymentId });
        assert.deepEqual([read.amountMinor, read.currency], [amountMinor, currency]);
      }
    },
  },
  {
    name: 'a price of an unknown product is not_found',
    run: async (harness) => {
      await refusal(
        call(harness, 'createPrice', { productId: 'prod_unknown', amountMinor: 100, currency: 'EUR' }),
        'not_found',
      );
    },
  },
  {
    name: 'unknown ids are not_found',
    run: async (harness) => {
      await refusal(call(harness, 'getCustomer', { customerId: 'cus_unknown' }), 'not_found');
      await refusal(call(harness, 'deleteCustomer', { customerId: 'cus_unknown' }), 'not_found');
      await refusal(call(harness, 'getPayment', { paymentId: 'pi_unknown' }), 'not_found');
      await refusal(
        call(harness, 'createPayment', { amountMinor: 100, currency: 'EUR', customerId: 'cus_unknown' }),
        'not_found',
      );
    },
  },
  {
    name: 'the billing page of a customer has an address; of an unknown customer there is none',
    needs: ['portal'],
    run: async (harness) => {
      const customerId = await aCustomer(harness);
      const returnUrl = 'https://shop.example/account';
      const { url } = await call(harness, 'createPortal', { customerId, returnUrl });
      assert.match(new URL(url).protocol, /^https?:$/);
      await refusal(call(harness, 'createPortal', { customerId: 'cus_unknown', returnUrl }), 'not_found');
    },
  },
  {
    name: 'a repeated write gives the same object and has one effect',
    run: async (harness) => {
      const again = async (
        kind: 'customer' | 'product' | 'payment',
        write: (key: string) => Promise<object>,
      ) => {
        const before = await harness.count(kind);
        const key = `repeat-${kind}-${before}-${Date.now()}`;
        const first = await write(key);
        assert.deepEqual(await write(key), first);
        assert.equal((await harness.count(kind)) - before, 1, `${kind}: not exactly one effect`);
      };
      await again('customer', (key) =>
        call(harness, 'createCustomer', { email: 'once@example.com' }, { key }),
      );
      await again('product', (key) => call(harness, 'createProduct', { name: 'Once' }, { key }));
      await again('payment', (key) =>
        call(harness, 'createPayment', { amountMinor: 700, currency: 'EUR' }, { key }),
      );
    },
  },
  {
    name: 'a price is made once under its key',
    run: async (harness) => {
      const { productId } = await call(harness, 'createProduct', { name: 'Keyed' });
      const key = `price-${productId}`;
      const make = () =>
        call(harness, 'createPrice', { productId, amountMinor: 100, currency: 'EUR' }, { key });
      const before = await harness.count('price');
      assert.deepEqual(await make(), await make());
      assert.equal((await harness.count('price')) - before, 1);
    },
  },
  {
    name: 'a key that comes back with other parameters is a conflict',
    run: async (harness) => {
      const key = `reused-${Date.now()}-${await harness.count('customer')}`;
      await call(harness, 'createCustomer', { email: 'one@example.com' }, { key });
      await refusal(call(harness, 'createCustomer', { email: 'two@example.com' }, { key }), 'conflict');
    },
  },
  {
    name: 'a different key is a different object',
    run: async (harness) => {
      assert.notEqual(await aCustomer(harness), await aCustomer(harness));
      const price = { amountMinor: 100, currency: 'EUR' };
      assert.notEqual(await aPrice(harness, price), await aPrice(harness, price));
    },
  },
];
