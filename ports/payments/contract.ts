import { definePort, type PortOf, read, write } from '@socle/kernel';
import { paymentEvents } from './events.ts';
import * as s from './schemas.ts';
import { paymentsTexts } from './texts.ts';

/**
 * Taking money: customers, a catalogue, hosted checkout, subscriptions, invoices, refunds.
 * Designed from the documents of Stripe, Mollie and Paddle. Amounts are integers in the currency's minor unit.
 * Deliberately absent: card numbers (they never reach us), marketplaces, tax rates.
 */
export const payments = definePort({
  id: 'payments',
  title: { en: 'Payments', fr: 'Paiements' },
  capabilities: ['checkout', 'subscriptions', 'invoices', 'refunds', 'portal'],
  operations: {
    createCustomer: write(s.NewCustomer, s.Customer),
    getCustomer: read(s.CustomerId, s.Customer),
    deleteCustomer: write(s.CustomerId, s.CustomerId),
    createProduct: write(s.NewProduct, s.Product),
    createPrice: write(s.NewPrice, s.Price),
    createCheckout: write(s.NewCheckout, s.Checkout, { needs: 'checkout' }),
    getCheckout: read(s.CheckoutId, s.Checkout, { needs: 'checkout' }),
    createPayment: write(s.NewPayment, s.PreparedPayment),
    getPayment: read(s.PaymentId, s.Payment),
    createSubscription: write(s.NewSubscription, s.Subscription, { needs: 'subscriptions' }),
    getSubscription: read(s.SubscriptionId, s.Subscription, { needs: 'subscriptions' }),
    cancelSubscription: write(s.CancelSubscription, s.Subscription, { needs: 'subscriptions' }),
    listInvoices: read(s.ListInvoices, s.Invoices, { needs: 'invoices' }),
    refund: write(s.NewRefund, s.Refund, { needs: 'refunds' }),
    createPortal: write(s.NewPortal, s.Portal, { needs: 'portal' }),
  },
  texts: paymentsTexts,
  events: paymentEvents,
});

export type PaymentsPort = PortOf<typeof payments>;
