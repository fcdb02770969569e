import { type Call, type Host, SocleError } from '@socle/kernel';
import type { PaymentsPort } from '@socle/port-payments';
import type Stripe from 'stripe';
import { createClient } from './client.ts';
import { toError } from './errors.ts';
import type { Settings } from './settings.ts';
import * as to from './translate.ts';

const key = ({ idempotencyKey }: Call): Stripe.RequestOptions => ({ idempotencyKey });

/** Payments on Stripe, one request an operation but for the three that plan.ts counts double. */
export function create(settings: Settings, host: Host): PaymentsPort {
  const { within } = createClient(settings, host);
  return {
    createCustomer: (input, call) =>
      within(call, async ({ customers }) => to.toCustomer(await customers.create(given(input), key(call)))),

    getCustomer: ({ customerId }, call) =>
      within(call, async ({ customers }) => {
        const customer = await customers.retrieve(customerId);
        if (customer.deleted) throw new SocleError('not_found', `customer ${customerId} was deleted`);
        return to.toCustomer(customer);
      }),

    // DELETE takes no idempotency key: a second one answers 404, which is success when the customer once was.
    deleteCustomer: ({ customerId }, call) =>
      within(call, async ({ customers }) => {
        await customers.del(customerId).catch(async (thrown: unknown) => {
          const found = isMissing(thrown) ? await customers.retrieve(customerId) : undefined;
          if (!found?.deleted) throw thrown;
        });
        return { customerId };
      }),

    createProduct: (input, call) =>
      within(call, async ({ products }) => {
        const { id, name, active } = await products.create(given(input), key(call));
        return { productId: id, name, active };
      }),

    createPrice: ({ productId, amountMinor, currency, interval }, call) =>
      within(call, async ({ prices }) =>
        to.toPrice(
          await prices.create(
            {
              product: productId,
              unit_amount: amountMinor,
              currency: currency.toLowerCase(),
              ...(interval ? { recurring: { interval } } : {}),
            },
            key(call),
          ),
        ),
      ),

    createCheckout: (input, call) =>
      within(call, async ({ checkout }) =>
        to.toCheckout(await checkout.sessions.create(sessionOf(input), key(call))),
      ),

    getCheckout: ({ checkoutId }, call) =>
      within(call, async ({ checkout }) => to.toCheckout(await checkout.sessions.retrieve(checkoutId))),

    createPayment: (input, call) =>
      within(call, async ({ paymentIntents }) => {
        const { amountMinor, currency, customerId, receiptEmail, description, metadata } = input;
        const intent = await paymentIntents.create(
          {
            amount: amountMinor,
            currency: currency.toLowerCase(),
            automatic_payment_methods: { enabled: true },
            ...given({ customer: customerId, receipt_email: receiptEmail, description, metadata }),
          },
          key(call),
        );
        if (!intent.client_secret)
          throw new SocleError('vendor_contract', 'a payment intent without client secret');
        return { ...to.toPayment(intent), clientSecret: intent.client_secret };
      }),

    getPayment: ({ paymentId }, call) =>
      within(call, async ({ paymentIntents }) =>
        to.toPayment(await paymentIntents.retrieve(paymentId, { expand: ['latest_charge'] })),
      ),

    // A saved card is charged at once; without one the first invoice stays open, with a page to pay it.
    createSubscription: ({ customerId, priceId, quantity, metadata }, call) =>
      within(call, async ({ customers, subscriptions }) => {
        const customer = await customers.retrieve(customerId);
        const hasCard =
          !customer.deleted &&
          Boolean(customer.invoice_settings.default_payment_method ?? customer.default_source);
        const subscription = await subscriptions.create(
          {
            customer: customerId,
            items: [{ price: priceId, quantity }],
            payment_behavior: hasCard ? 'allow_incomplete' : 'default_incomplete',
            ...given({ metadata }),
          },
          key(call),
        );
        return to.toSubscription(subscription);
      }),

    getSubscription: ({ subscriptionId }, call) =>
      within(call, async ({ subscriptions }) =>
        to.toSubscription(await subscriptions.retrieve(subscriptionId)),
      ),

    // Stripe refuses to cancel what is cancelled; here that is success.
    cancelSubscription: ({ subscriptionId, atPeriodEnd }, call) =>
      within(call, async ({ subscriptions }) => {
        const cancelled = atPeriodEnd
          ? subscriptions.update(subscriptionId, { cancel_at_period_end: true }, key(call))
          : subscriptions.cancel(subscriptionId);
        return to.toSubscription(
          await cancelled.catch(async (thrown: unknown) => {
            if (!['not_found', 'invalid_argument'].includes(toError(thrown).code)) throw thrown;
            const found = await subscriptions.retrieve(subscriptionId);
            if (to.toSubscriptionState(found.status) !== 'cancelled') throw thrown;
            return found;
          }),
        );
      }),

    listInvoices: ({ customerId, limit, cursor }, call) =>
      within(call, async ({ invoices }) => {
        const page = await invoices.list({
          customer: customerId,
          limit,
          ...given({ starting_after: cursor }),
        });
        const last = page.data.at(-1);
        return {
          invoices: page.data.map(to.toInvoice),
          ...(page.has_more && last ? { nextCursor: last.id } : {}),
        };
      }),

    refund: ({ paymentId, amountMinor }, call) =>
      within(call, async ({ refunds }) =>
        to.toRefund(
          await refunds.create({ payment_intent: paymentId, ...given({ amount: amountMinor }) }, key(call)),
          paymentId,
        ),
      ),

    createPortal: ({ customerId, returnUrl }, call) =>
      within(call, async ({ billingPortal }) => {
        const { url } = await billingPortal.sessions.create(
          { customer: customerId, return_url: returnUrl },
          key(call),
        );
        return { url };
      }),
  };
}

/** Metadata goes on what the checkout makes too, so that it comes back on those events. */
function sessionOf(
  input: Parameters<PaymentsPort['createCheckout']>[0],
): Stripe.Checkout.SessionCreateParams {
  const { mode, items, successUrl, cancelUrl, customerId, customerEmail, metadata } = input;
  const made = metadata ? { metadata } : undefined;
  return {
    mode,
    line_items: items.map(({ priceId, quantity }) => ({ price: priceId, quantity })),
    success_url: successUrl,
    cancel_url: cancelUrl,
    ...given({ customer: customerId, customer_email: customerId ? undefined : customerEmail, metadata }),
    // A payer without customer becomes one: the payment then leads to an address for the receipt.
    ...(mode === 'payment' && !customerId ? { customer_creation: 'always' as const } : {}),
    ...(made ? (mode === 'payment' ? { payment_intent_data: made } : { subscription_data: made }) : {}),
  };
}

type Given<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name];
} & {
  [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<Fields[Name], undefined>;
};

/** Without what is undefined. */
function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<Fields>;
}

function isMissing(thrown: unknown): boolean {
  return toError(thrown).code === 'not_found';
}
