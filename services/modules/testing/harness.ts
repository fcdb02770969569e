import {
  type AnyPort,
  type Call,
  type CallRecord,
  defineAdapter,
  definePlatform,
  definePort,
  type Guarantee,
  type Host,
  isSocleError,
  type Log,
  type Pipeline,
  type Platform,
  read,
  SocleError,
  systemClock,
  write,
} from '@socle/kernel';
import { type Boot, readBoot } from '@socle/service-settings';
import { z } from 'zod';
import { createModules, type ModulesOptions } from '../modules.ts';

export const post = definePort({
  id: 'post',
  title: { en: 'Post', fr: 'Poste' },
  capabilities: ['tracking'],
  operations: {
    send: write(z.strictObject({ to: z.string().min(1) }), z.object({ id: z.string() })),
    look: read(z.strictObject({ id: z.string() }), z.object({ id: z.string() })),
    track: read(z.strictObject({ id: z.string() }), z.object({ id: z.string() }), { needs: 'tracking' }),
  },
  texts: {
    send: { en: 'Sends', fr: 'Envoie' },
    look: { en: 'Looks', fr: 'Regarde' },
    track: { en: 'Tracks', fr: 'Suit' },
  },
  events: {},
});

type Answer = (input: unknown, call: Call) => Promise<{ id: string }>;

/** A platform whose answers the test decides: `answers.send` and the like, replaced at will. */
export interface Scripted {
  readonly platform: Platform;
  readonly answers: { send: Answer; look: Answer; track: Answer };
  readonly calls: { operation: string; key: string }[];
  created: number;
  closed: number;
}

export function scripted(
  id: string,
  { guarantee = 'none', capabilities = [] }: { guarantee?: Guarantee; capabilities?: 'tracking'[] } = {},
): Scripted {
  const ok: Answer = async () => ({ id });
  const script: Scripted = {
    answers: { send: ok, look: ok, track: ok },
    calls: [],
    created: 0,
    closed: 0,
    platform: undefined as unknown as Platform,
  };
  const verb = (operation: 'send' | 'look' | 'track') => (input: unknown, call: Call) => {
    script.calls.push({ operation, key: call.idempotencyKey });
    return script.answers[operation](input, call);
  };
  const create = (): AnyPort => {
    script.created += 1;
    const adapter = { send: verb('send'), look: verb('look'), track: verb('track') };
    return Object.assign(adapter, {
      close: async () => {
        script.closed += 1;
      },
    }) as unknown as AnyPort;
  };
  const platform = definePlatform({
    id,
    title: id,
    summary: { en: id, fr: id },
    docs: 'https://example.com',
    settings: z.object({}),
    hosts: () => [],
    plans: [],
    adapters: [
      defineAdapter<typeof post, object>({
        port: post,
        capabilities,
        guarantees: { send: guarantee },
        load: async () => ({ create: create as never }),
      }),
    ],
    verify: async () => {},
    toError: (thrown) =>
      isSocleError(thrown) ? thrown : new SocleError('vendor_contract', String(thrown), {}, thrown),
  });
  return Object.assign(script, { platform });
}

const silent = (): void => {};
export const quiet: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** Effects in memory: enough for the rules around it; the real store has its own tests. */
function rememberingEffects(): Pipeline['effects'] {
  const known = new Map<string, { state: 'done' | 'unknown'; result?: unknown }>();
  return {
    begin: async ({ idempotencyKey }) => {
      const one = known.get(idempotencyKey);
      if (one?.state === 'unknown') throw new SocleError('outcome_unknown', 'begun before');
      return one ? { state: 'done', result: one.result } : { state: 'fresh' };
    },
    succeeded: async (key, result) => void known.set(key, { state: 'done', result }),
    failed: async () => {},
    unknown: async (key) => void known.set(key, { state: 'unknown' }),
  };
}

export function harness(
  scripts: readonly Scripted[],
  {
    env = {},
    effects = rememberingEffects(),
    ...more
  }: { env?: Record<string, string>; effects?: Pipeline['effects'] } & Partial<ModulesOptions> = {},
) {
  const platforms = scripts.map((one) => one.platform);
  const bootWith = (next: Record<string, string>): Boot => readBoot({ env: next, platforms });
  const records: CallRecord[] = [];
  const modules = createModules({
    boot: bootWith(env),
    pipeline: {
      guard: { reserve: async () => ({ settle: async () => {}, release: async () => {} }) },
      effects,
      clock: systemClock,
      observe: (record) => void records.push(record),
    },
    hostFor: () => ({}) as Host,
    log: quiet,
    clock: systemClock,
    ...more,
  });
  const send = (more: object = {}) =>
    modules.call({ port: 'post', operation: 'send', input: { to: 'ada' }, ...more });
  return { modules, records, send, bootWith };
}

export function failing(error: SocleError, times = Number.POSITIVE_INFINITY): Answer {
  let left = times;
  return async () => {
    left -= 1;
    if (left >= 0) throw error;
    return { id: 'at last' };
  };
}
