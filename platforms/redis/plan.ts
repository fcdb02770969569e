import type { MeteredCall, Plan } from '@socle/kernel';

/** Commands that an operation sends at most: Upstash bills each, pipelined or not. */
const COMMANDS: Readonly<Record<string, number>> = {
  get: 2,
  set: 1,
  delete: 1,
  // MULTI, SET, INCRBY, EXEC
  increment: 4,
  expire: 1,
  top: 4,
  position: 4,
  unrank: 1,
  publish: 1,
  subscribe: 1,
  verify: 1,
};

function commands({ operation, input }: MeteredCall): number {
  if (operation !== 'rank') return COMMANDS[operation] ?? 1;
  // MULTI, ZCARD, one command a member, ZCARD, EXEC
  return 4 + (input as { members: readonly unknown[] }).members.length;
}

export const plans: readonly Plan[] = [
  {
    id: 'own-server',
    title: 'Own server',
    source: 'https://redis.io/docs/latest/operate/oss_and_stack/',
    checkedOn: '2026-11-21',
    maxAgeDays: 3650,
    confirmed: true,
    onExceed: 'stop',
    meters: [],
  },
  {
    id: 'upstash-free',
    title: 'Upstash Free',
    source: 'https://upstash.com/docs/redis/overall/pricing',
    checkedOn: '2026-08-01',
    maxAgeDays: 180,
    confirmed: true,
    onExceed: 'stop',
    meters: [
      {
        id: 'commands',
        kind: 'sum',
        title: { en: 'Commands', fr: 'Commandes' },
        unit: { en: 'commands', fr: 'commandes' },
        limits: [{ id: 'month', max: 500_000, window: { kind: 'calendar', unit: 'month', timeZone: 'UTC' } }],
        countsRefusals: true,
        count: commands,
      },
    ],
  },
  {
    // 30 MB and 30 connections: neither is counted per call, the server itself refuses (OOM, max clients)
    id: 'redis-cloud-free',
    title: 'Redis Cloud Free',
    source: 'https://redis.io/pricing/',
    checkedOn: '2026-11-21',
    maxAgeDays: 180,
    confirmed: false,
    onExceed: 'stop',
    meters: [
      {
        id: 'commands',
        kind: 'sum',
        title: { en: 'Commands', fr: 'Commandes' },
        unit: { en: 'commands', fr: 'commandes' },
        limits: [{ id: 'second', max: 100, window: { kind: 'rolling', seconds: 1 } }],
        countsRefusals: true,
        count: commands,
      },
    ],
  },
];
