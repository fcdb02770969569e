import { z } from 'zod';
import { AmountMinor, Currency } from './schemas.ts';

const metadata = z.record(z.string(), z.string()).default({});
const payment = z.object({
  paymentId: z.string(),
  amountMinor: AmountMinor,
  currency: Currency,
  customerId: z.string().nullable(),
  /** Where a receipt can go; null when the vendor does not tell. */
  email: z.string().nullable(),
  description: z.string().nullable(),
  metadata,
});
const subscription = z.object({
  subscriptionId: z.string(),
  customerId: z.string(),
  priceId: z.string().nullable(),
  state: z.string(),
  cancelAtPeriodEnd: z.boolean(),
  currentPeriodEnd: z.string().nullable(),
  metadata,
});
const invoice = z.object({
  invoiceId: z.string(),
  customerId: z.string().nullable(),
  subscriptionId: z.string().nullable(),
  totalMinor: AmountMinor,
  currency: Currency,
  email: z.string().nullable(),
});

/** Facts about money. An event's id is the vendor's object and state, so a repeated fact keeps its id. */
export const paymentEvents = {
  'payment.succeeded': payment,
  'payment.failed': payment.extend({ reason: z.string().nullable() }),
  'payment.refunded': payment.extend({ refundedMinor: AmountMinor }),
  'checkout.completed': z.object({
    checkoutId: z.string(),
    customerId: z.string().nullable(),
    paymentId: z.string().nullable(),
    subscriptionId: z.string().nullable(),
    email: z.string().nullable(),
    metadata,
  }),
  'subscription.started': subscription,
  'subscription.changed': subscription,
  'subscription.ended': subscription,
  'invoice.paid': invoice,
  'invoice.failed': invoice,
  'customer.created': z.object({ customerId: z.string(), email: z.string().nullable() }),
} as const;

export type PaymentSucceeded = z.output<(typeof paymentEvents)['payment.succeeded']>;
