import { randomBytes } from 'node:crypto';

/** Any Stripe object; the shapes follow Stripe's published fixtures (API 2026-10-28). */
export interface StripeObject {
  readonly id: string;
  readonly object: string;
  [field: string]: unknown;
}

export interface StripeEventObject extends StripeObject {
  readonly type: string;
  readonly data: { readonly object: StripeObject; readonly previous_attributes?: object };
}

/** What the API answers instead of an object. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: { readonly error: Readonly<Record<string, unknown>> };

  constructor(
    status: number,
    error: { readonly message: string; readonly type?: string } & Record<string, unknown>,
  ) {
    super(error.message);
    this.status = status;
    this.body = { error: { type: 'invalid_request_error', ...error } };
  }
}

export interface State {
  /** Unix seconds. */
  now(): number;
  readonly url: string;
  add(prefix: string, fields: { readonly object: string } & Record<string, unknown>): StripeObject;
  /** Throws Stripe's answer for an unknown id: 404 in the path, 400 with `param` in a parameter. */
  find(object: string, id: unknown, param?: string): StripeObject;
  all(object: string): readonly StripeObject[];
  emit(type: string, object: StripeObject, previous?: object): void;
  remove(id: string): void;
}

export function createState(world: {
  readonly now: () => Date;
  readonly url: () => string;
  readonly onEvent: (event: StripeEventObject) => void;
}): State {
  const objects = new Map<string, StripeObject>();
  let count = 0;
  const now = (): number => Math.floor(world.now().getTime() / 1000);

  const add: State['add'] = (prefix, fields) => {
    count += 1;
    const id = `${prefix}_${String(count).padStart(6, '0')}${randomBytes(6).toString('hex')}`;
    const made: StripeObject = { id, created: now(), livemode: false, metadata: {}, ...fields };
    objects.set(id, made);
    return made;
  };

  return {
    now,
    get url() {
      return world.url();
    },
    add,
    find: (object, id, param) => {
      const found = objects.get(String(id));
      if (found?.object === object) return found;
      const name = object.replaceAll('_', ' ').replace('.', ' ');
      throw new Refusal(param ? 400 : 404, {
        message: `No such ${name}: '${String(id)}'`,
        code: 'resource_missing',
        param: param ?? 'id',
      });
    },
    all: (object) => [...objects.values()].filter((one) => one.object === object),
    remove: (id) => objects.delete(id),
    emit: (type, object, previous) => {
      const event = add('evt', {
        object: 'event',
        api_version: '2026-10-28.endive',
        type,
        pending_webhooks: 1,
        request: { id: null, idempotency_key: null },
        // a copy: later changes must not rewrite what was told
        data: structuredClone({ object, ...(previous ? { previous_attributes: previous } : {}) }),
      });
      world.onEvent(event as StripeEventObject);
    },
  };
}
