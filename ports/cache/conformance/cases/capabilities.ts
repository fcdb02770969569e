import { cache } from '../../contract.ts';
import { type Case, call, freshKey, type OperationName, refusal } from '../harness.ts';

const SAMPLES = {
  rank: { key: 'k', members: [{ member: 'm', score: 1 }] },
  top: { key: 'k' },
  position: { key: 'k', member: 'm' },
  unrank: { key: 'k', member: 'm' },
  publish: { channel: 'c', message: 1 },
  subscribe: { channel: 'c' },
} as const;

export const capabilityCases: readonly Case[] = [
  {
    name: 'answers unsupported to what it does not declare',
    async run(harness) {
      for (const [name, input] of Object.entries(SAMPLES)) {
        const needs = cache.operations[name as keyof typeof SAMPLES]
          .needs as (typeof cache.capabilities)[number];
        if (harness.capabilities.includes(needs)) continue;
        await refusal(call({ harness }, name as OperationName, input as never), 'unsupported');
      }
    },
  },
  {
    name: 'does what it declares',
    async run(harness) {
      const key = freshKey();
      if (harness.capabilities.includes('rankings'))
        await call({ harness }, 'rank', { ...SAMPLES.rank, key } as never);
      if (harness.capabilities.includes('publish-subscribe'))
        await call({ harness }, 'publish', SAMPLES.publish);
    },
  },
];
