import { describe, expect, test } from 'vitest';
import { SocleError } from './error.ts';
import { type Invocation, invoke } from './invoke.ts';
import { createBench, fails, invocation, operations } from './testing.ts';

const throwing = (error: unknown) => async () => {
  throw error;
};
const lost = new SocleError('unavailable', 'connection lost', { applied: 'unknown' });
const refused = new SocleError('unavailable', 'refused', { applied: 'no' });

describe('a call that works', () => {
  test('passes every step once, in order', async () => {
    const bench = createBench();
    const run: Invocation['run'] = async (input, call) => {
      bench.steps.push(`run ${JSON.stringify(input)} ${call.idempotencyKey}`);
      return { id: '1', more: 'is stripped' };
    };
    expect(await invoke(invocation({ run }), bench.pipeline)).toEqual({ id: '1' });
    expect(bench.steps).toEqual([
      'begin',
      'reserve',
      'enter',
      'run {"to":"a"} key',
      'leave good',
      'settle',
      'succeeded key {"id":"1"}',
      'observe ok',
    ]);
    const [record] = bench.records;
    expect(record).toMatchObject({ port: 'email', operation: 'send', platform: 'vendor' });
    expect(record?.durationMs).toBeGreaterThanOrEqual(0);
    expect(JSON.stringify(record)).not.toContain('"to"');
  });

  test('settles the units that the vendor told', async () => {
    const bench = createBench();
    const run: Invocation['run'] = async (_input, call) => {
      call.usage?.({ tokens: 7 });
      return { id: '1' };
    };
    await invoke(invocation({ run }), bench.pipeline);
    expect(bench.steps).toContain('settle {"tokens":7}');
  });

  test('a read is not remembered', async () => {
    const bench = createBench();
    await invoke(invocation({ operation: 'get', spec: operations.get }), bench.pipeline);
    expect(bench.steps).toEqual(['reserve', 'enter', 'leave good', 'settle', 'observe ok']);
  });

  test('what was done is answered from memory: nothing is reserved, nothing leaves', async () => {
    const bench = createBench();
    bench.known = { result: { id: 'first' } };
    expect(await invoke(invocation({ run: throwing(lost) }), bench.pipeline)).toEqual({ id: 'first' });
    expect(bench.steps).toEqual(['begin', 'observe ok']);
  });
});

describe('a call that never leaves', () => {
  const conflict = new SocleError('conflict', 'under way', { retryAfterMs: 5 });

  test('refused by memory: no reservation', async () => {
    const bench = createBench();
    bench.fail = { begin: conflict };
    expect(await fails(bench, {})).toMatchObject({
      code: 'conflict',
      details: { retryAfterMs: 5, port: 'email' },
    });
    expect(bench.steps).toEqual(['begin', 'observe conflict']);
  });

  test('refused by the guard: nothing held, may be begun again', async () => {
    const bench = createBench();
    bench.fail = { reserve: new SocleError('quota_exceeded', 'full') };
    expect((await fails(bench, { guarantee: 'none' })).code).toBe('quota_exceeded');
    expect(bench.steps).toEqual(['begin', 'reserve', 'failed key', 'observe quota_exceeded']);
  });

  test.each(['native', 'natural', 'none'] as const)(
    'stopped by an open breaker: units come back, and no doubt remains (%s)',
    async (guarantee) => {
      const bench = createBench();
      bench.fail = { enter: new SocleError('unavailable', 'open', { retryAfterMs: 9 }) };
      const error = await fails(bench, { guarantee });
      expect(error).toMatchObject({ code: 'unavailable', details: { applied: 'no', retryAfterMs: 9 } });
      expect(bench.steps).toEqual([
        'begin',
        'reserve',
        'enter',
        'release',
        'failed key',
        'observe unavailable',
      ]);
    },
  );

  test('the guard itself failing leaves no doubt either', async () => {
    const bench = createBench();
    bench.fail = { reserve: new SocleError('unavailable', 'the ledger is away') };
    expect((await fails(bench, { guarantee: 'none' })).details.applied).toBe('no');
    expect(bench.steps).toContain('failed key');
  });

  test('cancelled before it started: not even remembered', async () => {
    const bench = createBench();
    const error = await fails(bench, { signal: AbortSignal.abort() });
    expect(error).toMatchObject({ code: 'cancelled', details: { applied: 'no' } });
    expect(bench.steps).toEqual(['observe cancelled']);
  });

  test('cancelled while units were reserved: they come back, and the adapter is not called', async () => {
    const bench = createBench();
    const caller = new AbortController();
    const reserve = bench.pipeline.guard.reserve;
    const guard: typeof bench.pipeline.guard = {
      reserve: (call) => {
        caller.abort();
        return reserve(call);
      },
    };
    const work = invocation({
      guarantee: 'none',
      signal: caller.signal,
      run: async () => expect.unreachable('called'),
    });
    const error = await invoke(work, { ...bench.pipeline, guard }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'cancelled', details: { applied: 'no' } });
    expect(bench.steps).toEqual(['begin', 'reserve', 'release', 'failed key', 'observe cancelled']);
  });
});

describe('a call that fails at the vendor', () => {
  test.each([
    ['definitely without effect', refused, 'native', 'unavailable', ['leave bad', 'release', 'failed key']],
    ['definitely without effect', refused, 'none', 'unavailable', ['leave bad', 'release', 'failed key']],
    [
      'refused by rule',
      new SocleError('declined', 'no'),
      'none',
      'declined',
      ['leave good', 'release', 'failed key'],
    ],
    [
      'rate limited',
      new SocleError('rate_limited', 'slow'),
      'native',
      'rate_limited',
      ['leave good', 'release', 'failed key'],
    ],
    ['in doubt', lost, 'native', 'unavailable', ['leave bad', 'settle', 'unknown key']],
    ['in doubt', lost, 'natural', 'unavailable', ['leave bad', 'settle', 'unknown key']],
    ['in doubt', lost, 'none', 'outcome_unknown', ['leave bad', 'settle', 'unknown key']],
    [
      'in doubt by our bug',
      new Error('bug'),
      'none',
      'outcome_unknown',
      ['leave good', 'settle', 'unknown key'],
    ],
    ['mapped', new Error('bug'), 'native', 'internal', ['leave good', 'settle', 'unknown key']],
  ] as const)('%s (%s, %s): %s', async (_what, thrown, guarantee, code, then) => {
    const bench = createBench();
    const error = await fails(bench, { guarantee, run: throwing(thrown) });
    expect(error.code).toBe(code);
    expect(error.details).toMatchObject({ port: 'email', operation: 'send', platform: 'vendor' });
    expect(bench.steps.slice(3)).toEqual([...then, `observe ${code}`]);
  });

  test('an outcome that nobody knows says what to do and keeps the cause', async () => {
    const error = await fails(createBench(), { guarantee: 'none', run: throwing(lost) });
    expect(error.message).toBe(
      'email.send: it may have happened (connection lost) · look at vendor before repeating it',
    );
    expect([error.cause, error.details.applied]).toEqual([lost, 'unknown']);
  });

  test('a read in doubt is simply read again', async () => {
    const bench = createBench();
    const change = {
      guarantee: 'none',
      operation: 'get',
      spec: operations.get,
      run: throwing(lost),
    } as const;
    expect((await fails(bench, change)).code).toBe('unavailable');
    expect(bench.steps).not.toContain('unknown key');
  });

  test('units that the vendor told before it failed are settled', async () => {
    const bench = createBench();
    const run: Invocation['run'] = async (_input, call) => {
      call.usage?.({ tokens: 3 });
      throw lost;
    };
    await fails(bench, { run });
    expect(bench.steps).toContain('settle {"tokens":3}');
  });

  test('an adapter that throws before it returns a promise is mapped too', async () => {
    const bench = createBench();
    const run = (): never => {
      throw new Error('at once');
    };
    expect((await fails(bench, { run })).code).toBe('internal');
    expect(bench.steps).toContain('settle');
  });
});

describe('an answer that breaks the contract', () => {
  test('is the vendor’s fault, its effect in doubt, its place told but never its value', async () => {
    const bench = createBench();
    const error = await fails(bench, { run: async () => ({ id: 7, canary: 'secret' }) });
    expect([error.code, error.message]).toEqual(['vendor_contract', 'email.send: unexpected answer at id']);
    expect(error.message).not.toContain('7');
    expect(bench.steps.slice(3)).toEqual(['leave bad', 'settle', 'unknown key', 'observe vendor_contract']);
  });

  test('is parked where a repetition would double the effect', async () => {
    const error = await fails(createBench(), { guarantee: 'none', run: async () => undefined });
    expect(error.code).toBe('outcome_unknown');
  });
});

test('when only the record of a success fails, the effect stays begun, never “failed”', async () => {
  const bench = createBench();
  bench.fail = { succeeded: new SocleError('unavailable', 'the database is away') };
  const error = await fails(bench, { guarantee: 'none' });
  // never "not applied": whoever repeats it under another key would double it
  expect([error.code, error.details.applied]).toEqual(['outcome_unknown', 'unknown']);
  expect(bench.steps).not.toContain('failed key');
  expect(bench.steps).not.toContain('unknown key');
});
