import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** Settings by env name. */
export type Values = Readonly<Record<string, string | undefined>>;

/**
 * The environment of this process over the `.env` file of the working folder.
 * The only reader of `process.env`: everything else is handed its settings.
 */
export function readEnvironment({ cwd = process.cwd() }: { cwd?: string } = {}): Values {
  return { ...readDotEnv(join(cwd, '.env')), ...given(process.env) };
}

/** What a child process of ours (PostgreSQL, a re-started command) gets. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env };
}

/** An empty value counts as unset, so that it does not hide one from further down. */
export function given(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  );
}

function readDotEnv(path: string): Record<string, string> {
  try {
    return given(parseEnv(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
