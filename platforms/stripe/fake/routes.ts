import * as billing from './billing.ts';
import * as catalogue from './catalogue.ts';
import * as checkout from './checkout.ts';
import { type Form, type Params, readParams, type Shape } from './form.ts';
import * as paying from './paying.ts';
import { Refusal, type State } from './state.ts';

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly shape: Shape;
  run(state: State, request: { id: string; params: Params; form: Form }): object;
}

const route = (signature: string, shape: Shape, run: Route['run']): Route => {
  const [method = '', path = ''] = signature.split(' ');
  return { method, path: new RegExp(`^/v1${path.replace(':id', '([^/]+)')}$`), shape, run };
};
const paging: Shape = { limit: 'int', starting_after: 'string', type: 'string', email: 'string' };

const ROUTES: readonly Route[] = [
  route('POST /customers', catalogue.shapes.customer, (state, { params }) =>
    catalogue.createCustomer(state, params),
  ),
  route('GET /customers', paging, (state, { params }) => {
    const all = state.all('customer').filter((one) => !one.deleted);
    return billing.page([...all].reverse(), { params, url: '/v1/customers' });
  }),
  route('GET /customers/:id', {}, (state, { id }) => catalogue.readCustomer(state, id)),
  route('DELETE /customers/:id', {}, (state, { id }) => catalogue.deleteCustomer(state, id)),
  route('POST /products', catalogue.shapes.product, (state, { params }) =>
    catalogue.createProduct(state, params),
  ),
  route('GET /products/:id', {}, (state, { id }) => state.find('product', id)),
  route('POST /prices', catalogue.shapes.price, (state, { params }) => catalogue.createPrice(state, params)),
  route('GET /prices/:id', {}, (state, { id }) => state.find('price', id)),
  route('POST /payment_intents', paying.shapes.intent, (state, { params }) =>
    paying.createIntent(state, params),
  ),
  route('GET /payment_intents/:id', {}, (state, { id, form }) => paying.readIntent(state, id, form.expand)),
  route('POST /payment_intents/:id/confirm', paying.shapes.confirm, (state, { id, params }) =>
    paying.confirmIntent(state, id, params),
  ),
  route('POST /refunds', paying.shapes.refund, (state, { params }) => paying.createRefund(state, params)),
  route('GET /refunds/:id', {}, (state, { id }) => state.find('refund', id)),
  route('POST /checkout/sessions', checkout.shape, (state, { params }) =>
    checkout.showSession(checkout.createSession(state, params)),
  ),
  route('GET /checkout/sessions/:id', {}, (state, { id }) =>
    checkout.showSession(state.find('checkout.session', id)),
  ),
  route('POST /subscriptions', billing.shapes.subscription, (state, { params }) =>
    billing.createSubscription(state, params),
  ),
  route('GET /subscriptions/:id', {}, (state, { id }) => state.find('subscription', id)),
  route('POST /subscriptions/:id', billing.shapes.subscriptionUpdate, (state, { id, params }) =>
    billing.updateSubscription(state, id, params),
  ),
  route('DELETE /subscriptions/:id', {}, (state, { id }) => billing.cancelSubscription(state, id)),
  route('GET /invoices', billing.shapes.invoices, (state, { params }) => billing.listInvoices(state, params)),
  route('GET /invoices/:id', {}, (state, { id }) => state.find('invoice', id)),
  route('POST /billing_portal/sessions', billing.shapes.portal, (state, { params }) => {
    const { id: customer } = catalogue.liveCustomer(state, params.customer, 'customer');
    const session = state.add('bps', {
      object: 'billing_portal.session',
      customer,
      return_url: params.return_url,
    });
    return Object.assign(session, { url: `${state.url}/hosted/portal/${session.id}` });
  }),
  route('GET /events', paging, (state, { params }) => {
    const all = state.all('event').filter((one) => params.type === undefined || one.type === params.type);
    return billing.page([...all].reverse(), { params, url: '/v1/events' });
  }),
  route('GET /events/:id', {}, (state, { id }) => state.find('event', id)),
];

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly form: Form;
}

/** Runs one API call; throws {@link Refusal}. */
export function run(state: State, { method, path, form }: ApiRequest): object {
  for (const one of ROUTES) {
    const match = one.method === method ? one.path.exec(path) : null;
    if (!match) continue;
    const id = decodeURIComponent(match[1] ?? '');
    return one.run(state, { id, params: readParams(form, one.shape), form });
  }
  throw new Refusal(404, { message: `Unrecognized request URL (${method}: ${path}).` });
}
