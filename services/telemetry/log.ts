import { createWriteStream, mkdirSync, readdirSync, rmSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '@socle/kernel';
import { pino } from 'pino';
import type { Redactor } from './redact.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LogOptions {
  readonly level: LogLevel;
  readonly redactor: Redactor;
  /** Where lines go besides the file; undefined writes to the file alone. */
  readonly stream?: { write(line: string): unknown; readonly isTTY?: boolean };
  /** Folder of daily files, kept for two weeks. */
  readonly dir?: string;
}

const KEPT_FILES = 14;

/** JSON lines; one readable line each on a terminal. Scrubbed last, so that nothing gets past. */
export function createLog({ level, redactor, stream, dir }: LogOptions): Log & { close(): Promise<void> } {
  const file = dir ? dailyFile(dir) : undefined;
  const destination = {
    write(line: string): void {
      const clean = redactor.text(line);
      file?.write(clean);
      stream?.write(stream.isTTY ? readable(clean) : clean);
    },
  };
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    close: async () => file?.close(),
  };
}

/** Opens a new file when the day turns. */
function dailyFile(dir: string): { write(line: string): void; close(): Promise<void> } {
  mkdirSync(dir, { recursive: true });
  let day = '';
  let current: WriteStream | undefined;
  return {
    write(line) {
      const today = new Date().toISOString().slice(0, 10);
      if (today !== day || !current) {
        current?.end();
        day = today;
        // A full disk must not stop the server: the line is lost, the service is not.
        current = createWriteStream(join(dir, `${day}.log`), { flags: 'a', mode: 0o600 }).on(
          'error',
          () => {},
        );
        removeOld(dir);
      }
      current.write(line);
    },
    close: () => new Promise((done) => (current ? current.end(() => done()) : done())),
  };
}

function removeOld(dir: string): void {
  const logs = readdirSync(dir).filter((name) => /^\d{4}-\d{2}-\d{2}\.log$/.test(name));
  for (const name of logs.sort().slice(0, -KEPT_FILES)) rmSync(join(dir, name), { force: true });
}

const COLOURS: Readonly<Record<string, number>> = { debug: 90, info: 36, warn: 33, error: 31 };

function readable(line: string): string {
  const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const details = Object.entries(fields)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  const label = String(level).padEnd(5);
  const colour = COLOURS[String(level)] ?? 0;
  const tail = details ? `  \u001b[90m${details}\u001b[0m` : '';
  return `\u001b[90m${String(time).slice(11, 19)}\u001b[0m \u001b[${colour}m${label}\u001b[0m ${String(msg)}${tail}\n`;
}
