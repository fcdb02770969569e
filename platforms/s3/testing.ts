import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Host, readSettings, SocleError, systemClock } from '@socle/kernel';
import type { NetworkFault, StorageHarness } from '@socle/port-storage/conformance';
import { type S3Fake, type S3FakeOptions, startFake } from './fake.ts';
import { s3 } from './platform.ts';
import type { Settings } from './settings.ts';
import { create } from './storage.ts';

export function settingsOf(env: Readonly<Record<string, string>>): Settings {
  const result = readSettings(s3.settings, env);
  if (result.state !== 'ready') throw new Error(`settings are ${JSON.stringify(result)}`);
  return result.value;
}

/** A host that logs into a list and reaches anything local. */
export function testHost({
  fetch: reach = fetch,
  clock = systemClock,
  lines = [],
}: Partial<Pick<Host, 'fetch' | 'clock'>> & { lines?: string[] } = {}): Host {
  const line = (fields: object, message: string): void => {
    lines.push(JSON.stringify({ ...fields, message }));
  };
  return {
    fetch: reach,
    connect: () => {},
    clock,
    log: { debug: line, info: line, warn: line, error: line },
    local: () => {
      throw new SocleError('misconfigured', 'only for the embedded platform');
    },
  };
}

const FAULTS = {
  hang: 'hang',
  'reset-after-body': 'reset',
  'html-502': 'html-502',
  'rate-limited': 'rate-limited',
} as const;

/** The adapter against the fake, both on one clock. */
export async function startS3Harness(
  options: Pick<S3FakeOptions, 'isVersioned'> = {},
): Promise<StorageHarness & { readonly fake: S3Fake }> {
  const lines: string[] = [];
  let ahead = 0;
  const now = (): Date => new Date(Date.now() + ahead);
  const fake = await startFake({ ...options, now });
  const settings = settingsOf(fake.env);
  const closedUrl = await nobodyListens();
  let isRefusing = false;
  const host = testHost({
    lines,
    clock: { now },
    fetch: (url, init) => {
      const target = isRefusing ? closedUrl : url;
      isRefusing = false;
      return fetch(target, init);
    },
  });
  const [adapter, second] = [create(settings, host), create(settings, host)];
  return {
    fake,
    adapter,
    second,
    capabilities: ['signed-urls', 'ranges'],
    toError: s3.toError,
    pass: async (ms) => {
      ahead += ms;
    },
    leftovers: async () => fake.bucket.uploads.size,
    request: (url, init) => fetch(url, init),
    logged: () => lines.join('\n'),
    secrets: [settings.secretAccessKey],
    fault: async (fault: NetworkFault) => {
      if (fault === 'refused') isRefusing = true;
      else fake.control.next(FAULTS[fault]);
      return {
        struck: async () => {
          while (isRefusing || fake.control.pending() > 0)
            await new Promise((resolve) => setTimeout(resolve, 5));
        },
      };
    },
    close: async () => {
      await Promise.all([adapter.close(), second.close()]);
      await fake.close();
    },
  };
}

/** A port that was free a moment ago. */
async function nobodyListens(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/`;
}
