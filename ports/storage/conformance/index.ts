import { afterAll, beforeAll, describe, test } from 'vitest';
import { boundaryCases, drillCases } from './cases/boundaries.ts';
import { listCases } from './cases/lists.ts';
import { objectCases } from './cases/objects.ts';
import { rangeCases } from './cases/ranges.ts';
import { signedUrlCases } from './cases/signed-urls.ts';
import { uploadCases } from './cases/uploads.ts';
import type { Capability, Case, StorageHarness } from './harness.ts';

export type { NetworkFault, StorageHarness } from './harness.ts';

const cases: readonly Case[] = [
  ...objectCases,
  ...uploadCases,
  ...listCases,
  ...rangeCases,
  ...signedUrlCases,
  ...boundaryCases,
];

interface Suite {
  readonly networked: boolean;
  readonly capabilities: readonly Capability[];
}

/** The cases that apply to an adapter: those whose capabilities it declares. */
export function casesFor({ networked, capabilities }: Suite): readonly Case[] {
  return [...cases, ...(networked ? drillCases : [])].filter(
    ({ needs }) => needs === undefined || capabilities.includes(needs),
  );
}

/** Registers the suite that every storage adapter must pass, the embedded one included. */
export function storageConformance(
  suite: Suite & { readonly name: string; start(): Promise<StorageHarness> },
): void {
  describe(`storage conformance: ${suite.name}`, () => {
    let harness: StorageHarness;
    beforeAll(async () => {
      harness = await suite.start();
    });
    afterAll(() => harness?.close());
    for (const one of casesFor(suite)) test(one.name, () => one.run(harness));
  });
}
