import { type Fault, isSocleError } from '@socle/kernel';
import type { Redactor } from '@socle/service-telemetry';

/** Exit codes that scripts rely on. */
export const EXIT = { good: 0, failed: 1, usage: 2 } as const;

/** Wrong use: nothing was tried. */
export class UsageError extends Error {}

/** The thing failed, and everything about it was already said. */
export class Failed extends Error {}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Columns as wide as they need to be. */
export function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map((row) => row.map((one) => (one === null || one === undefined ? '—' : String(one))));
  const widths = head.map((title, at) => Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((one, at) => one.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...cells.map(line)].join('\n');
}

/** One clear line; the same as JSON for scripts. */
export function printError(
  thrown: unknown,
  { json, redactor }: { json: boolean; redactor?: Redactor | undefined },
): void {
  const clean = (text: string): string => redactor?.text(text) ?? text;
  if (json) {
    const told = isSocleError(thrown) ? thrown.toJSON() : { code: 'internal', message: messageOf(thrown) };
    process.stdout.write(`${clean(JSON.stringify({ error: told }, null, 2))}\n`);
    return;
  }
  const code = isSocleError(thrown) ? ` (${thrown.code})` : '';
  const faults = isSocleError(thrown) ? (thrown.details.faults ?? []).filter((one) => one.fix) : [];
  process.stderr.write(
    `socle: ${clean([`${messageOf(thrown)}${code}`, ...faultLines(faults)].join('\n'))}\n`,
  );
}

export function faultLines(faults: readonly Fault[]): string[] {
  return faults.map(({ field, problem, fix }) => `  ${field} ${problem}${fix ? ` · ${fix}` : ''}`);
}

function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { message, cause } = thrown;
  return cause instanceof Error && !isSocleError(thrown) ? `${message}: ${cause.message}` : message;
}
