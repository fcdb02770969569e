import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

/** Which names an address was resolved from. */
export interface ResolvedNames {
  of(address: string): readonly string[];
  stop(): void;
}

const FUNCTIONS = ['lookup', 'resolve4', 'resolve6'] as const;
const MAX_ADDRESSES = 4096;

type AnyFunction = (...args: unknown[]) => unknown;

/** Some clients (nodemailer) resolve a name themselves and connect to its address: this remembers the name. */
export function watchNames(): ResolvedNames {
  const names = new Map<string, Set<string>>();

  const remember = (name: unknown, answer: unknown): void => {
    if (typeof name !== 'string') return;
    for (const one of Array.isArray(answer) ? answer : [answer]) {
      const address = typeof one === 'object' && one !== null ? (one as { address?: unknown }).address : one;
      if (typeof address !== 'string') continue;
      const known = names.get(address) ?? new Set();
      names.delete(address); // youngest last
      names.set(address, known.add(name));
    }
    for (const oldest of names.keys()) {
      if (names.size <= MAX_ADDRESSES) break;
      names.delete(oldest);
    }
  };

  const restore = [
    ...FUNCTIONS.map((name) => wrap(dns, name, (original) => withCallback(original, remember))),
    ...FUNCTIONS.map((name) => wrap(dns.promises, name, (original) => withPromise(original, remember))),
  ];
  syncBuiltinESMExports();

  return {
    of: (address) => [...(names.get(address) ?? [])],
    stop() {
      for (const one of restore) one();
      syncBuiltinESMExports();
    },
  };
}

type Remember = (name: unknown, answer: unknown) => void;

function withCallback(original: AnyFunction, remember: Remember): AnyFunction {
  return (...args) => {
    const callback = args.at(-1);
    if (typeof callback !== 'function') return original(...args);
    const heard = (error: unknown, answer: unknown, ...more: unknown[]): void => {
      if (!error) remember(args[0], answer);
      callback(error, answer, ...more);
    };
    return original(...args.slice(0, -1), heard);
  };
}

function withPromise(original: AnyFunction, remember: Remember): AnyFunction {
  return async (...args) => {
    const answer = await original(...args);
    remember(args[0], answer);
    return answer;
  };
}

function wrap(owner: object, name: string, make: (original: AnyFunction) => AnyFunction): () => void {
  const functions = owner as Record<string, AnyFunction>;
  const original = functions[name] as AnyFunction;
  // carries util.promisify's own symbol over
  functions[name] = Object.defineProperties(make(original), Object.getOwnPropertyDescriptors(original));
  return () => {
    functions[name] = original;
  };
}
