import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';
import { isImpossible } from './need.ts';

/**
 * Ends the run with one plain line, after every test that did not run and why. In CI, which installs all that
 * tests need, a test that did not run fails the run: a proof that is missing is not a proof.
 */
export class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const failed = count('failed') + modules.flatMap(brokenSuites).length + errors.length;
    for (const test of skipped) {
      const note = noteOf(test);
      if (note !== undefined) console.log(`${place(test)}: ${note}`);
    }
    const missed = skipped.filter((test) => !isImpossible(noteOf(test) ?? ''));
    if (missed.length > 0 && process.env.CI === 'true') process.exitCode = 1;
    const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : '';
    // the default reporter writes its own summary in the same turn
    process.once('exit', () => console.log(`${count('passed')} passed, ${failed} failed${tail}`));
  }
}

/** A file that does not load, or a hook that throws, has no failed test to its name. */
function brokenSuites(module: TestModule): unknown[] {
  return [module, ...module.children.allSuites()].flatMap((suite) => suite.errors());
}

function place(test: TestCase): string {
  return `${test.module.relativeModuleId} > ${test.fullName}`;
}

/** Without a note it was left out by whoever chose tests by name. */
function noteOf(test: TestCase): string | undefined {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return note === undefined || /^(not run|cannot run here)/.test(note) ? note : `not run: ${note}`;
}
