import type { Upkeep } from '@socle/kernel';
import { cacheUpkeep } from './cache/upkeep.ts';
import { mailboxUpkeep } from './mailbox/upkeep.ts';
import { paymentUpkeep } from './payments/upkeep.ts';
import { storageUpkeep } from './storage/upkeep.ts';

/** What the embedded platform does now and then. */
export const upkeep: readonly Upkeep<object>[] = [
  ...cacheUpkeep,
  ...mailboxUpkeep,
  ...paymentUpkeep,
  ...storageUpkeep,
];
