import type { Params, Shape } from './form.ts';
import { Refusal, type State, type StripeObject } from './state.ts';

export const shapes = {
  customer: {
    email: 'string',
    name: 'string',
    metadata: 'map',
    description: 'string',
    payment_method: 'string',
  },
  product: { name: 'string!', description: 'string', metadata: 'map', active: 'bool' },
  price: { product: 'string!', currency: 'string!', unit_amount: 'int!', recurring: 'map', metadata: 'map' },
} as const satisfies Record<string, Shape>;

export function createCustomer(state: State, params: Params): StripeObject {
  const customer = state.add('cus', {
    object: 'customer',
    email: null,
    name: null,
    description: null,
    default_source: null,
    invoice_settings: { default_payment_method: params.payment_method ?? null },
    ...params,
  });
  state.emit('customer.created', customer);
  return customer;
}

/** A deleted customer stays readable as `{id, deleted: true}`, but can no longer be used. */
export function liveCustomer(state: State, id: unknown, param?: string): StripeObject {
  const found = state.find('customer', id, param);
  if (!found.deleted) return found;
  const message = `No such customer: '${String(id)}'`;
  throw new Refusal(param ? 400 : 404, { message, code: 'resource_missing', param: param ?? 'id' });
}

export function readCustomer(state: State, id: string): StripeObject {
  const found = state.find('customer', id);
  return found.deleted ? { id, object: 'customer', deleted: true } : found;
}

export function deleteCustomer(state: State, id: string): StripeObject {
  const found = liveCustomer(state, id);
  found.deleted = true;
  state.emit('customer.deleted', found);
  return { id, object: 'customer', deleted: true };
}

export function createProduct(state: State, params: Params): StripeObject {
  const product = state.add('prod', { object: 'product', active: true, description: null, ...params });
  state.emit('product.created', product);
  return product;
}

const INTERVALS = ['day', 'week', 'month', 'year'];

export function createPrice(state: State, params: Params): StripeObject {
  state.find('product', params.product, 'product');
  assertMoney(params.unit_amount, { name: 'unit_amount', currency: params.currency, min: 0 });
  const recurring = params.recurring as { interval?: string } | undefined;
  if (recurring && !INTERVALS.includes(recurring.interval ?? '')) {
    const message = `Invalid recurring[interval]: must be one of ${INTERVALS.join(', ')}`;
    throw new Refusal(400, { message, param: 'recurring[interval]' });
  }
  const price = state.add('price', {
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    ...params,
    unit_amount_decimal: String(params.unit_amount),
    type: recurring ? 'recurring' : 'one_time',
    recurring: recurring ? { interval: recurring.interval, interval_count: 1, usage_type: 'licensed' } : null,
  });
  state.emit('price.created', price);
  return price;
}

/** https://docs.stripe.com/currencies, read 2026-11-21: at most eight digits; three-decimal amounts end in 0. */
const THREE_DECIMALS: readonly unknown[] = ['bhd', 'jod', 'kwd', 'omr', 'tnd'];

export function assertMoney(
  amount: unknown,
  { name, currency, min }: { name: string; currency: unknown; min: number },
): void {
  if (typeof currency !== 'string' || !/^[a-z]{3}$/.test(currency)) {
    throw new Refusal(400, { message: `Invalid currency: ${String(currency)}`, param: 'currency' });
  }
  const value = Number(amount);
  if (value < min) {
    const message = `Invalid ${name}: must be at least ${min}`;
    throw new Refusal(400, { message, code: 'parameter_invalid_integer', param: name });
  }
  if (value > 99_999_999) {
    throw new Refusal(400, {
      message: 'Amount must be no more than 999,999.99',
      code: 'amount_too_large',
      param: name,
    });
  }
  if (THREE_DECIMALS.includes(currency) && value % 10 !== 0) {
    throw new Refusal(400, { message: 'Invalid amount: must be evenly divisible by 10', param: name });
  }
}
