import { Refusal } from './state.ts';

export type Form = { readonly [name: string]: string | Form };
type Kind = 'string' | 'int' | 'bool' | 'map' | 'list';
/** `!` marks what is required; `list` reads `items[0][price]` too. */
export type Shape = Readonly<Record<string, Kind | `${Kind}!`>>;
export type Params = Readonly<Record<string, unknown>>;

/** `a[b][0]=c` → `{a: {b: {0: 'c'}}}` */
export function decodeForm(text: string): Form {
  const root: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = [...name.matchAll(/[^[\]]+/g)].map(([part]) => part);
    let node = root;
    for (const part of path.slice(0, -1)) {
      node[part] ??= Object.create(null);
      node = node[part] as Record<string, unknown>;
    }
    node[path.at(-1) ?? ''] = value;
  }
  return root as Form;
}

/** Checks parameters as Stripe does: unknown, missing and malformed ones are refused by name. */
export function readParams(form: Form, shape: Shape): Params {
  for (const name of Object.keys(form)) {
    if (name in shape || name === 'expand') continue;
    throw new Refusal(400, {
      message: `Received unknown parameter: ${name}`,
      code: 'parameter_unknown',
      param: name,
    });
  }
  const params: Record<string, unknown> = {};
  for (const [name, declared] of Object.entries(shape)) {
    const value = form[name];
    if (value === undefined || value === '') {
      if (!declared.endsWith('!')) continue;
      throw new Refusal(400, {
        message: `Missing required param: ${name}.`,
        code: 'parameter_missing',
        param: name,
      });
    }
    params[name] = readValue(name, value, declared.replace('!', '') as Kind);
  }
  return params;
}

function readValue(name: string, value: string | Form, kind: Kind): unknown {
  if (kind === 'map') return typeof value === 'object' ? { ...value } : invalid(name, 'an object');
  if (kind === 'list') return typeof value === 'object' ? Object.values(value) : invalid(name, 'an array');
  if (typeof value !== 'string') return invalid(name, 'a string');
  if (kind === 'bool') return value === 'true' || (value === 'false' ? false : invalid(name, 'a boolean'));
  if (kind === 'string') return value;
  if (/^-?\d+$/.test(value)) return Number(value);
  throw new Refusal(400, {
    message: `Invalid integer: ${value}`,
    code: 'parameter_invalid_integer',
    param: name,
  });
}

function invalid(name: string, expected: string): never {
  throw new Refusal(400, { message: `Invalid ${name}: must be ${expected}`, param: name });
}
