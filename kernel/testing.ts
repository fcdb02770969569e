import { z } from 'zod';
import { isSocleError, SocleError } from './error.ts';
import { type CallRecord, type Invocation, invoke, type Pipeline } from './invoke.ts';
import { read, write } from './port.ts';

const Input = z.object({ to: z.string() });
const Output = z.object({ id: z.string() });
export const operations = { send: write(Input, Output), get: read(Input, Output) };

/** Where to break the pipeline, and what it was told, in order. */
export interface Bench {
  readonly steps: string[];
  readonly records: CallRecord[];
  readonly pipeline: Pipeline;
  fail: Partial<Record<'begin' | 'reserve' | 'enter' | 'succeeded', unknown>>;
  known?: { readonly result: unknown };
}

export function createBench(): Bench {
  const steps: string[] = [];
  const records: CallRecord[] = [];
  const told = (units?: Readonly<Record<string, number>>): string =>
    units ? ` ${JSON.stringify(units)}` : '';
  const step = (name: keyof Bench['fail'], text: string = name): void => {
    steps.push(text);
    if (bench.fail[name] !== undefined) throw bench.fail[name];
  };
  const bench: Bench = {
    steps,
    records,
    fail: {},
    pipeline: {
      clock: { now: () => new Date('2026-11-21T10:00:00Z') },
      effects: {
        begin: async () => {
          step('begin');
          return bench.known ? { state: 'done', result: bench.known.result } : { state: 'fresh' };
        },
        succeeded: async (key, result) => step('succeeded', `succeeded ${key} ${JSON.stringify(result)}`),
        failed: async (key) => void steps.push(`failed ${key}`),
        unknown: async (key) => void steps.push(`unknown ${key}`),
      },
      guard: {
        reserve: async () => {
          step('reserve');
          return {
            settle: async (actual) => void steps.push(`settle${told(actual)}`),
            release: async () => void steps.push('release'),
          };
        },
      },
      breaker: {
        enter: () => step('enter'),
        leave: (_platform, outcome) => void steps.push(`leave ${outcome}`),
      },
      observe: (record) => {
        records.push(record);
        steps.push(`observe ${record.error?.code ?? 'ok'}`);
      },
    },
  };
  return bench;
}

export function invocation(change: Partial<Invocation> = {}): Invocation {
  return {
    port: 'email',
    operation: 'send',
    platform: 'vendor',
    spec: operations.send,
    input: { to: 'a' },
    guarantee: 'native',
    idempotencyKey: 'key',
    signal: new AbortController().signal,
    deadlineMs: 20_000,
    run: async () => ({ id: '1' }),
    toError: (thrown) => (isSocleError(thrown) ? thrown : new SocleError('internal', 'mapped', {}, thrown)),
    ...change,
  };
}

/** The error that a call ends with. */
export async function fails(bench: Bench, change: Partial<Invocation>): Promise<SocleError> {
  return invoke(invocation(change), bench.pipeline).then(
    () => {
      throw new Error('it succeeded');
    },
    (error) => error,
  );
}

/** Runs like an adapter whose vendor never answers. */
export const hang: Invocation['run'] = (_input, { signal }) =>
  new Promise((_resolve, reject) => {
    // as SDKs do: an abort looks like a lost connection
    signal.addEventListener('abort', () =>
      reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })),
    );
  });
