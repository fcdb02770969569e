import { afterAll, beforeAll, describe, test } from 'vitest';
import { capabilityCases } from './cases/capabilities.ts';
import { contentCases } from './cases/content.ts';
import { drillCases, hygieneCases } from './cases/drills.ts';
import { repetitionCases } from './cases/repetition.ts';
import type { Case, EmailHarness, EmailSuite } from './harness.ts';

export {
  type Arrived,
  type EmailHarness,
  type EmailSuite,
  type Mailbox,
  mailboxOf,
  type NetworkFault,
} from './harness.ts';

const cases: readonly Case[] = [...contentCases, ...repetitionCases, ...capabilityCases, ...hygieneCases];

/** The cases that apply to an adapter, by what it declares. */
export function casesFor(suite: EmailSuite): readonly Case[] {
  const all = [...cases, ...(suite.networked ? drillCases : [])];
  return all.filter((one) => one.applies?.(suite) ?? true);
}

/** Registers the suite that every e-mail adapter must pass, the embedded one included. */
export function emailConformance(suite: EmailSuite): void {
  describe(`email conformance: ${suite.name}`, () => {
    let harness: EmailHarness;
    beforeAll(async () => {
      harness = await suite.start();
    }, 60_000);
    afterAll(() => harness?.close());
    for (const one of casesFor(suite)) test(one.name, () => one.run(harness, suite), 30_000);
  });
}
