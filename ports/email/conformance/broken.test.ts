import { describe, expect, test } from 'vitest';
import type { EmailSuite } from './harness.ts';
import { casesFor } from './index.ts';
import { callMutants } from './mutants/calls.ts';
import { contentMutants } from './mutants/content.ts';
import { harnessOf, Reference, referenceSuite } from './reference.ts';

const BROKEN = [...contentMutants, ...callMutants];

async function failures(adapter: new () => Reference, declares: Partial<EmailSuite> = {}): Promise<string[]> {
  const suite = { ...referenceSuite(new adapter()), ...declares };
  const failed: string[] = [];
  for (const one of casesFor(suite)) {
    // each case on an adapter of its own: one that hangs must not spoil the next
    await one.run(harnessOf(new adapter()), suite).catch(() => failed.push(one.name));
  }
  return failed;
}

const found = new Map(BROKEN.map((one) => [one, lazily(() => failures(one.adapter, one.declares))]));

test('a right adapter passes every case', async () => {
  expect(await failures(Reference)).toEqual([]);
});

describe('the suite notices an adapter that', () => {
  test.each(BROKEN)('$wrong', { timeout: 20_000 }, async (one) => {
    expect(await found.get(one)?.()).toEqual(expect.arrayContaining([expect.stringMatching(one.noticedBy)]));
  });
});

test('each case is the one that notices something', { timeout: 60_000 }, async () => {
  const noticed = (await Promise.all([...found.values()].map((run) => run()))).flat();
  const silent = casesFor(referenceSuite(new Reference())).filter((one) => !noticed.includes(one.name));
  expect(silent.map((one) => one.name)).toEqual([]);
});

function lazily<Value>(run: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<Value> | undefined;
  return () => {
    running ??= run();
    return running;
  };
}
