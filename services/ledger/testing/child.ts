/** A process of its own that calls as it is told: one JSON command a line, one JSON answer a line. */
import { createInterface } from 'node:readline';
import { isSocleError, type Log } from '@socle/kernel';
import { openDatabase } from '@socle/service-database';
import { createLedger } from '../ledger.ts';
import { call, fakeClock, perDay, perMonth, plan, sum } from './plans.ts';

export interface Command {
  readonly at: string;
  readonly platform: string;
  /** Calls at once, and of how many units each. */
  readonly calls: number;
  readonly units: number;
}

const nothing = (): void => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const [, , databaseUrl = ''] = process.argv;
const database = await openDatabase({ home: '/nonexistent', databaseUrl, log });
const clock = fakeClock('2026-06-15T12:00:00Z');
const plans: Readonly<Record<string, ReturnType<typeof plan>>> = {
  small: plan([sum('emails', [perDay(100), perMonth(3000)])]),
  large: plan([sum('emails', [perDay(25_600)])]),
};
const ledger = createLedger({ database, plans: (id) => plans[id.split('-')[0] ?? ''], clock, log });

for await (const line of createInterface({ input: process.stdin })) {
  const { at, platform, calls, units } = JSON.parse(line) as Command;
  clock.set(at);
  const results = await Promise.allSettled(
    Array.from({ length: calls }, () => ledger.reserve(call(platform, { units }))),
  );
  const left = results.filter((one) => one.status === 'fulfilled').length;
  const faults = results.filter((one) => one.status === 'rejected' && !isRefusal(one.reason)).length;
  process.stdout.write(`${JSON.stringify({ left, faults })}\n`);
}

function isRefusal(error: unknown): boolean {
  return isSocleError(error) && error.code === 'quota_exceeded';
}
