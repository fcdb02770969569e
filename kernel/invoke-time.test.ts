import { describe, expect, test } from 'vitest';
import type { Invocation } from './invoke.ts';
import { createBench, fails, hang } from './testing.ts';

describe('time', () => {
  test('past its deadline a call is a timeout, whatever the SDK calls it', async () => {
    const bench = createBench();
    const error = await fails(bench, { deadlineMs: 20, run: hang });
    expect([error.code, error.message]).toEqual(['timeout', 'no answer within 20 ms']);
    expect(bench.steps.slice(3)).toEqual(['leave bad', 'settle', 'unknown key', 'observe timeout']);
  });

  test('past its deadline with guarantee none it is in doubt', async () => {
    expect((await fails(createBench(), { guarantee: 'none', deadlineMs: 20, run: hang })).code).toBe(
      'outcome_unknown',
    );
  });

  test('the caller’s abort is told apart from the deadline', async () => {
    const bench = createBench();
    const caller = new AbortController();
    const run: Invocation['run'] = (input, call) => {
      queueMicrotask(() => caller.abort());
      return hang(input, call);
    };
    expect((await fails(bench, { signal: caller.signal, run })).code).toBe('cancelled');
    expect(bench.steps).toContain('leave good');
  });

  test('a caller who goes away says nothing about the vendor’s health', async () => {
    const bench = createBench();
    const caller = new AbortController();
    const run: Invocation['run'] = (input, call) => {
      queueMicrotask(() => caller.abort());
      return hang(input, call);
    };
    expect((await fails(bench, { guarantee: 'none', signal: caller.signal, run })).code).toBe(
      'outcome_unknown',
    );
    expect(bench.steps).toContain('leave good');
  });

  test('an adapter that ignores its signal does not hold the caller', async () => {
    const deaf: Invocation['run'] = () => new Promise(() => undefined);
    expect((await fails(createBench(), { deadlineMs: 20, run: deaf })).code).toBe('timeout');
    const caller = new AbortController();
    const rude: Invocation['run'] = () => {
      caller.abort();
      return new Promise(() => undefined);
    };
    expect((await fails(createBench(), { signal: caller.signal, run: rude })).code).toBe('cancelled');
  });

  test('what a left adapter does later changes nothing and breaks nothing', async () => {
    const bench = createBench();
    let fail: (error: Error) => void = () => undefined;
    const late: Invocation['run'] = () =>
      new Promise((_resolve, reject) => {
        fail = reject;
      });
    await fails(bench, { deadlineMs: 20, run: late });
    const before = [...bench.steps];
    fail(new Error('too late'));
    await new Promise(setImmediate);
    expect(bench.steps).toEqual(before);
  });
});
