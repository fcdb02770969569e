import { defineAdapter, definePlatform, isSocleError, type Plan, SocleError } from '@socle/kernel';
import { cache } from '@socle/port-cache';
import { email } from '@socle/port-email';
import { payments } from '@socle/port-payments';
import { storage } from '@socle/port-storage';
import { z } from 'zod';
import { webhook } from './payments/webhook.ts';

const settings = z.object({});
type Settings = z.output<typeof settings>;

const plan: Plan = {
  id: 'own-machine',
  title: 'Own machine',
  source: 'https://www.postgresql.org/docs/18/',
  checkedOn: '2026-11-21',
  maxAgeDays: 3650,
  confirmed: true,
  onExceed: 'stop',
  meters: [],
};

/** Every port without account and without network, on this machine's PostgreSQL and disk. */
export const embedded = definePlatform({
  id: 'embedded',
  title: 'Embedded',
  summary: { en: 'Runs on this machine, no account needed', fr: 'Tourne sur cette machine, sans compte' },
  docs: 'platforms/embedded/README.md',
  settings,
  hosts: () => [],
  plans: [plan],
  adapters: [
    defineAdapter<typeof email, Settings>({
      port: email,
      capabilities: ['scheduling', 'status'],
      guarantees: { send: 'natural', cancel: 'natural' },
      load: () => import('./email.ts'),
    }),
    defineAdapter<typeof payments, Settings>({
      port: payments,
      capabilities: ['checkout', 'subscriptions', 'invoices', 'refunds', 'portal'],
      guarantees: {
        createCustomer: 'natural',
        deleteCustomer: 'natural',
        createProduct: 'natural',
        createPrice: 'natural',
        createCheckout: 'natural',
        createPayment: 'natural',
        createSubscription: 'natural',
        cancelSubscription: 'natural',
        refund: 'natural',
        createPortal: 'natural',
      },
      load: () => import('./payments.ts'),
    }),
    defineAdapter<typeof cache, Settings>({
      port: cache,
      capabilities: ['publish-subscribe', 'rankings'],
      // adding twice is not adding once, and a message told twice is two
      guarantees: {
        set: 'natural',
        delete: 'natural',
        increment: 'none',
        expire: 'natural',
        rank: 'none',
        unrank: 'natural',
        publish: 'none',
      },
      load: () => import('./cache.ts'),
    }),
    defineAdapter<typeof storage, Settings>({
      port: storage,
      capabilities: ['signed-urls', 'ranges'],
      guarantees: { put: 'natural', delete: 'natural' },
      load: () => import('./storage.ts'),
    }),
  ],
  webhook,
  verify: async (_settings, host) => {
    await host.local().sql.query('select 1');
  },
  toError: (thrown) =>
    isSocleError(thrown)
      ? thrown
      : new SocleError('internal', 'the embedded platform failed', { applied: 'unknown' }, thrown),
  loadPages: () => import('./pages.ts'),
  loadUpkeep: () => import('./upkeep.ts'),
});
