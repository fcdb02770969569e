import type { Call, Host } from '@socle/kernel';
import type { PaymentsPort } from '@socle/port-payments';
import * as catalogue from './payments/catalogue.ts';
import { createCheckout, getCheckout } from './payments/checkout.ts';
import { once, type Vendor, type Work, workOf } from './payments/context.ts';
import { createPayment, getPayment, refund } from './payments/intents.ts';
import { listInvoices } from './payments/invoices.ts';
import { createOutbox } from './payments/outbox.ts';
import { createPortal } from './payments/portal.ts';
import { cancelSubscription, createSubscription, getSubscription } from './payments/subscriptions.ts';

/** A whole payments vendor on this machine's PostgreSQL: its own pages, test cards, invoices and signed webhooks. */
export function create(_settings: object, host: Host): PaymentsPort & { close(): Promise<void> } {
  const vendor: Vendor = { host, outbox: createOutbox(host) };

  const reading =
    <Input, Output>(work: (work: Work, input: Input) => Promise<Output>) =>
    (input: Input): Promise<Output> =>
      work(workOf(host), input);

  const writing =
    <Input, Output extends object>(operation: string, work: (work: Work, input: Input) => Promise<Output>) =>
    (input: Input, call: Call): Promise<Output> =>
      once(vendor, { operation, input, call }, (inside) => work(inside, input));

  return {
    createCustomer: writing('createCustomer', catalogue.createCustomer),
    getCustomer: reading(catalogue.getCustomer),
    deleteCustomer: writing('deleteCustomer', catalogue.deleteCustomer),
    createProduct: writing('createProduct', catalogue.createProduct),
    createPrice: writing('createPrice', catalogue.createPrice),
    createCheckout: writing('createCheckout', createCheckout),
    getCheckout: reading(getCheckout),
    createPayment: writing('createPayment', createPayment),
    getPayment: reading(getPayment),
    createSubscription: writing('createSubscription', createSubscription),
    getSubscription: reading(getSubscription),
    cancelSubscription: writing('cancelSubscription', cancelSubscription),
    listInvoices: reading(listInvoices),
    refund: writing('refund', refund),
    createPortal: writing('createPortal', createPortal),
    close: () => vendor.outbox.idle(),
  };
}
