import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Debian package that brings a program. */
const PACKAGES: Readonly<Record<string, string>> = {
  chromium: 'chromium',
  'redis-server': 'redis-server',
};

/**
 * Why a test that needs `program` cannot run here; undefined when it can. Hand it to `context.skip(reason)`:
 * the reporter counts it as *not run*, and CI, which installs every program, fails on it.
 */
export async function missing(program: string): Promise<string | undefined> {
  try {
    await run('sh', ['-c', `command -v ${program}`]);
    return undefined;
  } catch {
    return `not run: ${program} is not installed (apt-get install ${PACKAGES[program] ?? program})`;
  }
}

const IMPOSSIBLE = 'cannot run here: ';

/** For what no installing would help: reported like any test that did not run, but CI does not fail on it. */
export function impossible(reason: string): string {
  return `${IMPOSSIBLE}${reason}`;
}

export function isImpossible(reason: string): boolean {
  return reason.startsWith(IMPOSSIBLE);
}
