import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { mayHaveApplied, type SocleError } from '@socle/kernel';
import {
  type Case,
  call,
  draft,
  type EmailHarness,
  found,
  fresh,
  type NetworkFault,
  only,
  refusal,
} from '../harness.ts';

async function arm(harness: EmailHarness, fault: NetworkFault) {
  assert.ok(harness.fault, 'a networked adapter needs a harness that can inject faults');
  return harness.fault(fault);
}

async function works(harness: EmailHarness): Promise<void> {
  const message = draft();
  await call(harness, 'send', message);
  only(await found(harness, message.subject));
}

/** Networked adapters only. */
export const drillCases: readonly Case[] = [
  {
    name: 'drill: a vendor that hangs is left when the caller aborts',
    run: async (harness) => {
      const { struck } = await arm(harness, 'hang');
      const caller = new AbortController();
      const attempt = refusal(
        call(harness, 'send', draft(), { signal: caller.signal }),
        'timeout',
        'cancelled',
        'unavailable',
      );
      await struck();
      caller.abort();
      const error = await within(5_000, attempt);
      assert.ok(mayHaveApplied(error), 'the vendor had the message: it may have been sent');
      await works(harness);
    },
  },
  {
    name: 'drill: a refused connection is unavailable, and certainly without effect',
    run: async (harness) => {
      await arm(harness, 'refused');
      const error = await refusal(call(harness, 'send', draft()), 'unavailable');
      assert.equal(mayHaveApplied(error), false);
      await works(harness);
    },
  },
  {
    name: 'drill: a line cut after the message was taken is in doubt, and a repetition sends no second one',
    run: async (harness, { guarantee }) => {
      const [message, key] = [draft(), fresh('cut')];
      await arm(harness, 'reset-after-body');
      const error = await refusal(
        call(harness, 'send', message, { key }),
        'unavailable',
        'timeout',
        'outcome_unknown',
      );
      assert.ok(mayHaveApplied(error), 'the message may have been sent');
      if (guarantee === 'none') return;
      await call(harness, 'send', message, { key });
      only(await found(harness, message.subject));
    },
  },
  {
    name: 'drill: an answer that is not of the protocol is the vendor’s fault, never a success',
    run: async (harness) => {
      await arm(harness, 'html-502');
      await refusal(call(harness, 'send', draft()), 'unavailable', 'vendor_contract');
      await works(harness);
    },
  },
  {
    name: 'drill: a rate limit is told with the vendor’s own waiting time, without effect',
    run: async (harness) => {
      const { retryAfterMs } = await arm(harness, 'rate-limited');
      const message = draft();
      const error = await refusal(call(harness, 'send', message), 'rate_limited');
      assert.equal(mayHaveApplied(error), false);
      assert.equal(error.details.retryAfterMs, retryAfterMs);
      assert.equal((await found(harness, message.subject)).length, 0);
    },
  },
];

export const hygieneCases: readonly Case[] = [
  {
    name: 'secrets appear in no error and no log line',
    run: async (harness, { networked }) => {
      const errors: SocleError[] = [];
      const attempts = networked ? (['refused', 'html-502', 'rate-limited'] as const) : [];
      for (const fault of attempts) {
        await arm(harness, fault);
        await call(harness, 'send', draft()).catch((error: SocleError) => errors.push(error));
      }
      const nothing = call(harness, 'get', { messageId: 'no such message' });
      errors.push(await refusal(nothing, 'not_found', 'unsupported'));
      const text = [harness.logged(), ...errors.map(everything)].join('\n');
      for (const secret of harness.secrets)
        for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
          assert.ok(!text.includes(form), 'a secret was told');
    },
  },
];

/** All that a careless logger could print of an error, its causes included. */
function everything(error: SocleError): string {
  return `${error.stack}\n${JSON.stringify(error)}\n${inspect(error, { depth: 8, showHidden: true })}`;
}

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const late = AbortSignal.timeout(ms);
  const tooLate = new Promise<never>((_resolve, reject) => {
    late.addEventListener('abort', () =>
      reject(new assert.AssertionError({ message: `still waiting after ${ms} ms` })),
    );
  });
  return Promise.race([work, tooLate]);
}
