import type { ChildProcess } from 'node:child_process';
import { readSettings, SocleError } from '@socle/kernel';
import type { CachePort } from '@socle/port-cache';
import { type CacheHarness, casesFor } from '@socle/port-cache/conformance';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { missing } from '../../tests/support/need.ts';
import { checks } from './audit.ts';
import { create } from './cache.ts';
import { toError } from './errors.ts';
import { redis } from './platform.ts';
import type { Settings } from './settings.ts';
import { startRedis, stopRedis, testHost } from './testing.ts';

type Client = ReturnType<typeof create>;
const capabilities = ['publish-subscribe', 'rankings'] as const;
const call = () => ({ signal: AbortSignal.timeout(10_000), idempotencyKey: crypto.randomUUID() });

let reason: string | undefined;
let server: ChildProcess;
let url = '';
const clients: Client[] = [];

const client = (settings: Partial<Settings> = {}): Client => {
  const made = create({ url, keyPrefix: 'socle:', ...settings }, testHost());
  clients.push(made);
  return made;
};

beforeAll(async () => {
  reason = await missing('redis-server');
  if (reason === undefined) ({ child: server, url } = await startRedis('--requirepass', 'secret'));
  url = url.replace('redis://', 'redis://:secret@');
});
afterAll(async () => {
  await Promise.all(clients.map((one) => one.close()));
  if (server) await stopRedis(server);
});
beforeEach((context) => {
  if (reason !== undefined) context.skip(reason);
});

describe('cache conformance: redis', () => {
  let harness: CacheHarness | undefined;
  const started = (): CacheHarness => {
    harness ??= {
      adapter: client(),
      second: client(),
      stranger: client({ keyPrefix: 'other:' }),
      capabilities,
      toError,
      pass: async () => {},
      close: async () => {},
    };
    return harness;
  };
  for (const one of casesFor(capabilities)) test(one.name, () => one.run(started()));
});

describe('audit', () => {
  for (const check of checks) {
    test(check.title.en, () => check.run({ url, keyPrefix: 'socle:' }, () => client() as never));
  }
});

describe('trouble', () => {
  const failing = async (work: (port: CachePort) => Promise<unknown>, port: CachePort): Promise<SocleError> =>
    toError(
      await work(port).then(
        () => new Error('it succeeded'),
        (thrown: unknown) => thrown,
      ),
    );
  const read = (port: CachePort) => port.get({ key: 'k' }, call());
  let extra: ChildProcess | undefined;
  afterEach(async () => {
    if (extra) await stopRedis(extra);
    extra = undefined;
  });

  test('a wrong password is the operator’s matter, and is not repeated', async () => {
    const error = await failing(read, client({ url: url.replace('secret', 'wrong-canary') }));
    expect(error.code).toBe('misconfigured');
    expect(JSON.stringify(error)).not.toContain('wrong-canary');
  });

  test('nobody there: unavailable, without waiting for long', async () => {
    const gone = await startRedis();
    await stopRedis(gone.child);
    expect((await failing(read, client({ url: gone.url }))).code).toBe('unavailable');
  });

  test('a server that dies under a command: unavailable, and the command is not sent again', async () => {
    const other = await startRedis();
    extra = other.child;
    const port = client({ url: other.url });
    await port.increment({ key: 'n', by: 1 }, call());
    other.child.kill('SIGSTOP');
    const pending = failing((one) => one.increment({ key: 'n', by: 1 }, call()), port);
    await stopRedis(other.child);
    const error = await pending;
    expect([error.code, error.details.applied]).toEqual(['unavailable', 'unknown']);
  });

  test('a full server is a quota', async () => {
    const other = await startRedis('--maxmemory', '1mb', '--maxmemory-policy', 'noeviction');
    extra = other.child;
    const port = client({ url: other.url });
    const fill = async (): Promise<void> => {
      for (let index = 0; index < 1000; index += 1)
        await port.set({ key: `k${index}`, value: 'x'.repeat(10_000) }, call());
    };
    expect((await failing(fill, port)).code).toBe('quota_exceeded');
  });

  test('asks egress before it connects', () => {
    const refuse = (): void => {
      throw new SocleError('permission_denied', 'egress');
    };
    expect(() => create({ url, keyPrefix: '' }, testHost(refuse))).toThrow('egress');
  });
});

describe('settings', () => {
  test.each([
    ['redis://127.0.0.1:6379', 'ready'],
    ['rediss://default:p@cache.example.com:6380', 'ready'],
    ['redis://default:p@cache.example.com:6380', 'faulty'],
    ['http://127.0.0.1', 'faulty'],
    ['nonsense', 'faulty'],
  ])('%s is %s', (value, state) => {
    expect(readSettings(redis.settings, { REDIS_URL: value }).state).toBe(state);
  });

  test('declares the very destination', () => {
    expect(redis.hosts({ url: 'rediss://a:b@cache.example.com', keyPrefix: '' })).toEqual([
      'cache.example.com:6379',
    ]);
  });
});
