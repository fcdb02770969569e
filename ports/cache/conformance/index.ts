import { afterAll, beforeAll, describe, test } from 'vitest';
import { capabilityCases } from './cases/capabilities.ts';
import { channelCases } from './cases/channels.ts';
import { entryCases } from './cases/entries.ts';
import { rankingCases } from './cases/rankings.ts';
import type { CacheHarness, Case } from './harness.ts';

export type { CacheHarness, Case } from './harness.ts';

const cases: readonly Case[] = [...entryCases, ...rankingCases, ...channelCases, ...capabilityCases];

/** The cases that apply to an adapter: those whose capabilities it declares. */
export function casesFor(capabilities: CacheHarness['capabilities']): readonly Case[] {
  return cases.filter((one) => one.needs === undefined || capabilities.includes(one.needs));
}

/** Registers the suite that every cache adapter must pass, the embedded one included. */
export function cacheConformance(suite: {
  readonly name: string;
  readonly capabilities: CacheHarness['capabilities'];
  start(): Promise<CacheHarness>;
}): void {
  describe(`cache conformance: ${suite.name}`, () => {
    let harness: CacheHarness;
    beforeAll(async () => {
      harness = await suite.start();
    });
    afterAll(() => harness?.close());
    for (const one of casesFor(suite.capabilities)) test(one.name, () => one.run(harness));
  });
}
