import { defineAdapter, definePlatform } from '@socle/kernel';
import { payments } from '@socle/port-payments';
import { toError } from './errors.ts';
import { plans } from './plan.ts';
import { type Settings, settings } from './settings.ts';
import { webhook } from './webhook.ts';

export const stripe = definePlatform({
  id: 'stripe',
  title: 'Stripe',
  summary: {
    en: 'Cards, checkout pages, subscriptions, invoices',
    fr: 'Cartes, pages de paiement, abonnements, factures',
  },
  docs: 'https://docs.stripe.com/api',
  settings,
  hosts: ({ baseUrl }) => [baseUrl === undefined ? 'api.stripe.com' : new URL(baseUrl).host],
  plans,
  adapters: [
    defineAdapter<typeof payments, Settings>({
      port: payments,
      capabilities: ['checkout', 'subscriptions', 'invoices', 'refunds', 'portal'],
      guarantees: {
        createCustomer: 'native',
        // DELETE takes no key: repeating it finds the work done
        deleteCustomer: 'natural',
        createProduct: 'native',
        createPrice: 'native',
        createCheckout: 'native',
        createPayment: 'native',
        createSubscription: 'native',
        cancelSubscription: 'natural',
        refund: 'native',
        createPortal: 'native',
      },
      nativeKeyHours: 24,
      load: () => import('./payments.ts'),
    }),
  ],
  webhook,
  verify: async (value, host, signal) => (await import('./client.ts')).verify(value, host, signal),
  toError,
  loadAudit: () => import('./audit.ts'),
  loadFake: () => import('./fake.ts'),
});
