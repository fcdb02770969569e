import { z } from 'zod';

/** ISO 4217, upper case. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as EUR');
/** The currency's smallest unit: cents for EUR, yen for JPY. */
export const AmountMinor = z.int().min(0).max(99_999_999);
const id = z.string().min(1).max(255);
/** Comes back on the object and on its events; never personal data. */
const metadata = z.record(z.string().max(40), z.string().max(500)).optional();
const time = z.iso.datetime();

export const NewCustomer = z.strictObject({
  email: z.email(),
  name: z.string().max(200).optional(),
  metadata,
});
export const CustomerId = z.strictObject({ customerId: id });
export const Customer = z.object({
  customerId: id,
  email: z.string().nullable(),
  name: z.string().nullable(),
  createdAt: time,
});

export const NewProduct = z.strictObject({
  name: z.string().min(1).max(250),
  description: z.string().max(5000).optional(),
  metadata,
});
export const Product = z.object({ productId: id, name: z.string(), active: z.boolean() });
export const NewPrice = z.strictObject({
  productId: id,
  amountMinor: AmountMinor,
  currency: Currency,
  /** Absent: paid once. */
  interval: z.enum(['day', 'week', 'month', 'year']).optional(),
});
export const Price = z.object({
  priceId: id,
  productId: id,
  amountMinor: AmountMinor,
  currency: Currency,
  interval: z.enum(['day', 'week', 'month', 'year']).nullable(),
});

export const NewCheckout = z.strictObject({
  mode: z.enum(['payment', 'subscription']),
  items: z
    .array(z.strictObject({ priceId: id, quantity: z.int().min(1).max(999).default(1) }))
    .min(1)
    .max(20),
  successUrl: z.url(),
  cancelUrl: z.url(),
  customerId: id.optional(),
  customerEmail: z.email().optional(),
  metadata,
});
export const CheckoutId = z.strictObject({ checkoutId: id });
export const Checkout = z.object({
  checkoutId: id,
  /** Where the payer goes; null once it is complete or expired. */
  url: z.url().nullable(),
  state: z.enum(['open', 'complete', 'expired']),
  paymentId: id.nullable(),
  subscriptionId: id.nullable(),
  customerId: id.nullable(),
});

export const NewPayment = z.strictObject({
  amountMinor: AmountMinor.min(1),
  currency: Currency,
  customerId: id.optional(),
  receiptEmail: z.email().optional(),
  description: z.string().max(1000).optional(),
  metadata,
});
export const PaymentId = z.strictObject({ paymentId: id });
export const PaymentState = z.enum(['pending', 'succeeded', 'failed', 'cancelled']);
export const Payment = z.object({
  paymentId: id,
  state: PaymentState,
  amountMinor: AmountMinor,
  refundedMinor: AmountMinor,
  currency: Currency,
  customerId: id.nullable(),
  createdAt: time,
});
/** `clientSecret` lets the payer's browser confirm; never log it. */
export const PreparedPayment = Payment.extend({ clientSecret: z.string().min(1) });

export const NewSubscription = z.strictObject({
  customerId: id,
  priceId: id,
  quantity: z.int().min(1).default(1),
  metadata,
});
export const SubscriptionId = z.strictObject({ subscriptionId: id });
export const CancelSubscription = z.strictObject({
  subscriptionId: id,
  atPeriodEnd: z.boolean().default(true),
});
export const Subscription = z.object({
  subscriptionId: id,
  customerId: id,
  priceId: id,
  state: z.enum(['incomplete', 'trialing', 'active', 'past_due', 'cancelled', 'unpaid']),
  cancelAtPeriodEnd: z.boolean(),
  currentPeriodEnd: time.nullable(),
});

export const ListInvoices = z.strictObject({
  customerId: id,
  limit: z.int().min(1).max(100).default(20),
  cursor: z.string().optional(),
});
export const Invoice = z.object({
  invoiceId: id,
  number: z.string().nullable(),
  state: z.enum(['draft', 'open', 'paid', 'void', 'uncollectible']),
  totalMinor: AmountMinor,
  currency: Currency,
  createdAt: time,
  /** A page that shows the invoice. */
  url: z.url().nullable(),
});
export const Invoices = z.object({ invoices: z.array(Invoice), nextCursor: z.string().optional() });

/** Absent amount: all that is left. Refunding more than is left is `invalid_argument`. */
export const NewRefund = z.strictObject({ paymentId: id, amountMinor: AmountMinor.min(1).optional() });
export const Refund = z.object({
  refundId: id,
  paymentId: id,
  amountMinor: AmountMinor,
  state: z.enum(['pending', 'succeeded', 'failed']),
});
export const NewPortal = z.strictObject({ customerId: id, returnUrl: z.url() });
export const Portal = z.object({ url: z.url() });
