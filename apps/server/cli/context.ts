import { readEnvironment, type Values } from '@socle/service-settings';
import type { Redactor } from '@socle/service-telemetry';
import type { App } from '../compose/app.ts';
import { print, printJson } from './output.ts';

let redactor: Redactor | undefined;

/** The redactor of the app that this command opened, for the last error line. */
export function currentRedactor(): Redactor | undefined {
  return redactor;
}

export function environment(): Values {
  return readEnvironment();
}

export function useRedactor(next: Redactor): void {
  redactor = next;
}

/** Joins the database of the running server (or starts it), does `work`, and leaves no process behind. */
export async function withApp<T>(work: (app: App) => Promise<T>): Promise<T> {
  const { openApp } = await import('../compose/app.ts');
  const app = await openApp({ env: environment(), role: 'command', stream: process.stderr });
  useRedactor(app.telemetry.redactor);
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** Scrubbed JSON for scripts, or lines for people. */
export function show<T>(
  app: App,
  value: T,
  { json, lines }: { json: boolean; lines(value: T): string },
): void {
  const clean = app.telemetry.redactor.value(value);
  if (json) printJson(clean);
  else print(lines(clean));
}
