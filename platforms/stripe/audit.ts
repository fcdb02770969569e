import { type AuditCheck, isSocleError, SocleError } from '@socle/kernel';
import { payments } from '@socle/port-payments';
import type { Settings } from './settings.ts';

const key = (name: string) => ({
  signal: AbortSignal.timeout(30_000),
  idempotencyKey: `audit-${name}-${Date.now()}-${Math.random().toString(36).slice(2)}`,
});

function expect(holds: boolean, what: string): void {
  if (!holds) throw new SocleError('vendor_contract', `audit: ${what}`);
}

const returnUrl = 'https://example.com/audit';

/** A check removes the customer that it made; Stripe keeps products and prices that were used. */
export const checks: readonly AuditCheck<Settings>[] = [
  {
    id: 'payment',
    title: {
      en: 'Prepare a payment; an unpaid one cannot be refunded',
      fr: 'Préparer un paiement ; impayé, il n’est pas remboursable',
    },
    run: async (_settings, adapters) => {
      const port = adapters(payments);
      const prepared = await port.createPayment({ amountMinor: 1099, currency: 'EUR' }, key('payment'));
      const read = await port.getPayment({ paymentId: prepared.paymentId }, key('read'));
      expect(
        read.amountMinor === 1099 && read.currency === 'EUR' && read.state === 'pending',
        'amount or state changed',
      );
      const refused = await port
        .refund({ paymentId: prepared.paymentId }, key('refund'))
        .catch((error: unknown) => error);
      expect(isSocleError(refused) && refused.code === 'invalid_argument', 'an unpaid payment was refunded');
    },
  },
  {
    id: 'subscription',
    title: { en: 'Start, read and cancel a subscription', fr: 'Démarrer, lire et résilier un abonnement' },
    run: async (_settings, adapters) => {
      const port = adapters(payments);
      const { customerId } = await port.createCustomer(
        { email: 'audit@example.com', name: 'Socle audit' },
        key('customer'),
      );
      try {
        const { productId } = await port.createProduct({ name: 'Socle audit' }, key('product'));
        const recurring = { productId, amountMinor: 900, currency: 'EUR', interval: 'month' } as const;
        const { priceId } = await port.createPrice(recurring, key('price'));
        const { subscriptionId } = await port.createSubscription(
          { customerId, priceId, quantity: 1 },
          key('subscription'),
        );
        const { invoices } = await port.listInvoices({ customerId, limit: 10 }, key('invoices'));
        expect(
          invoices.length === 1 && invoices[0]?.totalMinor === 900,
          'the first invoice is missing or wrong',
        );
        const ended = await port.cancelSubscription({ subscriptionId, atPeriodEnd: false }, key('cancel'));
        expect(ended.state === 'cancelled', 'the subscription did not end');
      } finally {
        await port.deleteCustomer({ customerId }, key('delete'));
      }
    },
  },
  {
    id: 'checkout',
    title: {
      en: 'Open a checkout page and the billing page',
      fr: 'Ouvrir une page de paiement et l’espace de facturation',
    },
    run: async (_settings, adapters) => {
      const port = adapters(payments);
      const { customerId } = await port.createCustomer({ email: 'audit@example.com' }, key('customer'));
      try {
        const { productId } = await port.createProduct({ name: 'Socle audit' }, key('product'));
        const { priceId } = await port.createPrice(
          { productId, amountMinor: 500, currency: 'EUR' },
          key('price'),
        );
        const items = [{ priceId, quantity: 2 }];
        const input = {
          mode: 'payment',
          items,
          customerId,
          successUrl: returnUrl,
          cancelUrl: returnUrl,
        } as const;
        const opened = await port.createCheckout(input, key('checkout'));
        expect(opened.state === 'open' && opened.url !== null, 'the checkout has no address');
        const portal = await port.createPortal({ customerId, returnUrl }, key('portal'));
        expect(URL.canParse(portal.url), 'the billing page has no address');
      } finally {
        await port.deleteCustomer({ customerId }, key('delete'));
      }
    },
  },
  {
    id: 'webhook-secret',
    title: { en: 'A webhook signing secret is set', fr: 'Un secret de signature des webhooks est réglé' },
    run: async ({ webhookSecret }) => {
      if (webhookSecret) return;
      throw new SocleError(
        'misconfigured',
        'no webhook secret: deliveries are refused · set STRIPE_WEBHOOK_SECRET',
      );
    },
  },
];
