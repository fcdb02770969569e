import assert from 'node:assert/strict';
import { type Call, isSocleError, SocleError } from '@socle/kernel';
import { storage } from '../../contract.ts';
import {
  type Case,
  call,
  freshKey,
  type NetworkFault,
  type OperationName,
  refusal,
  type StorageHarness,
  textAt,
} from '../harness.ts';

export const boundaryCases: readonly Case[] = [
  {
    name: 'what is not declared answers unsupported',
    run: async (harness) => {
      const inputs = { signUrl: { key: 'a', action: 'read', expiresInSeconds: 900 } };
      for (const [name, input] of Object.entries(inputs)) {
        const { needs } = storage.operations[name as OperationName];
        if (!needs || (harness.capabilities as readonly string[]).includes(needs)) continue;
        const method = harness.adapter[name as OperationName] as (
          input: unknown,
          call: Call,
        ) => Promise<unknown>;
        const attempt = async () =>
          method(input, { signal: AbortSignal.timeout(10_000), idempotencyKey: freshKey() });
        await refusal(attempt(), 'unsupported');
      }
      if (harness.capabilities.includes('ranges')) return;
      const key = freshKey();
      await call(harness, 'put', { key, body: 'x' });
      await refusal(call(harness, 'get', { key, range: { start: 0 } }), 'unsupported');
    },
  },
  {
    name: 'any thrown value becomes one SocleError',
    run: async (harness) => {
      assert.equal(harness.toError(new SocleError('declined', 'no')).code, 'declined');
      for (const junk of [undefined, null, 'text', 7, {}, [], new Error('x'), { name: 'New', $metadata: 1 }])
        assert.ok(isSocleError(harness.toError(junk)), `not for ${String(junk)}`);
    },
  },
  {
    name: 'secrets and contents appear in no error and no log line',
    run: async (harness) => {
      const key = freshKey();
      const body = 'content-canary-7f3a';
      await call(harness, 'put', { key, body });
      const errors = await Promise.all([
        refusal(call(harness, 'put', { key, body, ifAbsent: true }), 'precondition_failed'),
        refusal(call(harness, 'put', { key, body, maxBytes: 2 }), 'invalid_argument'),
        refusal(call(harness, 'get', { key: freshKey() }), 'not_found'),
        refusal(call(harness, 'list', { cursor: 'not-a-cursor!' }), 'invalid_argument'),
      ]);
      const text = [harness.logged(), ...errors.map(everything)].join('\n');
      for (const secret of [...harness.secrets, body])
        for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
          assert.ok(!text.includes(form), 'a secret leaked into an error or a log line');
    },
  },
];

/** What a caller may conclude from each fault. */
const DRILLS: readonly { fault: NetworkFault; code: string; applied?: 'no' | 'unknown' }[] = [
  { fault: 'refused', code: 'unavailable', applied: 'no' },
  { fault: 'reset-after-body', code: 'unavailable', applied: 'unknown' },
  { fault: 'html-502', code: 'unavailable' },
  { fault: 'rate-limited', code: 'rate_limited' },
];

/** For networked adapters only. */
export const drillCases: readonly Case[] = [
  ...DRILLS.map(({ fault, code, applied }) => ({
    name: `drill: ${fault} is ${code}, is not retried by the adapter, and passes`,
    run: async (harness: StorageHarness) => {
      assert.ok(harness.fault);
      const key = freshKey();
      const put = () => call(harness, 'put', { key, body: 'x' });
      await harness.fault(fault);
      const error = await put().then(
        () => assert.fail('it succeeded, so something below the kernel retried'),
        (thrown: unknown) => thrown,
      );
      assert.ok(isSocleError(error) && error.code === code, `came as ${String(error)}`);
      if (applied) assert.equal(error.details.applied ?? 'unknown', applied);
      if (fault === 'rate-limited') assert.equal(error.details.retryAfterMs, 2000);
      await put();
      assert.equal(await textAt(harness, key), 'x');
    },
  })),
  {
    name: 'drill: a hanging vendor lets go when the signal says so',
    run: async (harness) => {
      assert.ok(harness.fault);
      for (const name of ['put', 'head'] as const) {
        const { struck } = await harness.fault('hang');
        const stop = new AbortController();
        const input = name === 'put' ? { key: freshKey(), body: 'x' } : { key: freshKey() };
        const hanging = call(harness, name, input as never, { signal: stop.signal });
        await struck();
        stop.abort(new DOMException('deadline', 'TimeoutError'));
        await refusal(hanging, 'timeout', 'unavailable', 'cancelled');
      }
    },
  },
];

/** An error as a careless logger would print it, causes included. */
function everything(error: unknown): string {
  const parts: string[] = [];
  for (let value = error, depth = 0; value && depth < 6; depth += 1) {
    const one = value as { message?: unknown; stack?: unknown; cause?: unknown };
    parts.push(String(one.message), String(one.stack), safeJson(value));
    value = one.cause;
  }
  return parts.join('\n');
}

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '';
  }
}
