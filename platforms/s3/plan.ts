import type { Meter, MeteredCall, Plan } from '@socle/kernel';

type Counts = Readonly<Record<string, number>>;

/** Requests of an operation; a delete lists the versions of each key, looks for it when there are none, and deletes. */
function counter(single: Counts, eachKey = 0): (call: MeteredCall) => number {
  return ({ operation, input }) =>
    operation === 'delete'
      ? eachKey * (input as { keys: readonly unknown[] }).keys.length
      : (single[operation] ?? 0);
}

const daily = { kind: 'calendar', unit: 'day', timeZone: 'UTC' } as const;
const perSecond = { kind: 'rolling', seconds: 1 } as const;
const requests = { en: 'requests', fr: 'requêtes' };

const b2Meters: readonly Meter[] = [
  {
    kind: 'sum',
    id: 'class-b',
    title: { en: 'Downloads (class B)', fr: 'Lectures (classe B)' },
    unit: requests,
    limits: [{ id: 'day', window: daily, max: 2500 }],
    countsRefusals: true,
    count: counter({ get: 1, head: 1 }, 1),
  },
  {
    kind: 'sum',
    id: 'class-c',
    title: { en: 'Lists (class C)', fr: 'Listes (classe C)' },
    unit: requests,
    limits: [{ id: 'day', window: daily, max: 2500 }],
    countsRefusals: true,
    count: counter({ list: 1, verify: 1 }, 1),
  },
];

const awsMeters: readonly Meter[] = [
  {
    kind: 'sum',
    id: 'writes',
    title: { en: 'Writes', fr: 'Écritures' },
    unit: requests,
    limits: [{ id: 'second', window: perSecond, max: 3500 }],
    countsRefusals: true,
    count: counter({ put: 3, list: 1, verify: 1 }, 2),
  },
  {
    kind: 'sum',
    id: 'reads',
    title: { en: 'Reads', fr: 'Lectures' },
    unit: requests,
    limits: [{ id: 'second', window: perSecond, max: 5500 }],
    countsRefusals: true,
    count: counter({ get: 1, head: 1 }, 1),
  },
];

export const plans: readonly Plan[] = [
  {
    id: 'own-server',
    title: 'Own server',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html',
    checkedOn: '2026-11-21',
    maxAgeDays: 3650,
    confirmed: true,
    onExceed: 'stop',
    meters: [],
  },
  {
    // 10 GB stored are free; the volume is no sum of calls, B2 itself stops at the cap that the owner sets
    id: 'b2-free',
    title: 'Backblaze B2, free amounts',
    source: 'https://www.backblaze.com/cloud-storage/transaction-pricing',
    checkedOn: '2026-11-21',
    maxAgeDays: 180,
    confirmed: false,
    onExceed: 'stop',
    meters: b2Meters,
  },
  {
    // bills from the first byte: chosen by name only, and stale soon
    id: 'aws',
    title: 'Amazon S3',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html',
    checkedOn: '2026-11-21',
    maxAgeDays: 90,
    confirmed: false,
    onExceed: 'bill',
    meters: awsMeters,
  },
];
