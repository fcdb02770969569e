import { Command } from 'commander';
import type { ServeOptions } from '../compose/serve.ts';
import { environment, useRedactor } from './context.ts';
import { print } from './output.ts';

type Role = ServeOptions['role'];

const HELP: Readonly<Record<Role, string>> = {
  start: `
Examples:
  $ socle start                    everything in one process, on http://localhost:5000
  $ PORT=8080 socle start          on another port
  $ DATABASE_URL=postgres://… socle start

State of this machine lives in .socle/ (SOCLE_HOME). Ctrl-C stops, a second Ctrl-C stops at once.`,
  server: `
Answers HTTP and stores deliveries; flows run in "socle worker". Any number of each on one PostgreSQL:
  $ DATABASE_URL=postgres://… SOCLE_MASTER_KEY=… socle server`,
  worker: `
Runs flows, deliveries and schedules; any number on one PostgreSQL:
  $ DATABASE_URL=postgres://… SOCLE_MASTER_KEY=… socle worker`,
};

const SUMMARY: Readonly<Record<Role, string>> = {
  start: 'run everything in one process',
  server: 'run the HTTP server alone',
  worker: 'run the worker alone',
};

export function serverCommands(): Command[] {
  return (['start', 'server', 'worker'] as const).map((role) =>
    new Command(role)
      .description(SUMMARY[role])
      .addHelpText('after', HELP[role])
      .action(() => runUntilSignal(role)),
  );
}

/** A terminal and the npm in between may both hand on the same Ctrl-C. */
const ONE_KEYSTROKE_MS = 500;

/** Stops on the first signal, cleanly; at once on a second Ctrl-C. */
async function runUntilSignal(role: Role): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  let since: number | undefined;
  process.on('SIGTERM', () => stopped.resolve());
  process.on('SIGINT', () => {
    since ??= performance.now();
    if (performance.now() - since > ONE_KEYSTROKE_MS) process.exit(130);
    stopped.resolve();
  });
  const { serve } = await import('../compose/serve.ts');
  // A signal during the start is honoured as soon as there is something to stop.
  const running = await serve({ role, env: environment(), stream: process.stdout });
  useRedactor(running.app.telemetry.redactor);
  print(...running.banner);
  await stopped.promise;
  print('socle: stopping');
  await running.stop();
  print('socle: stopped');
}
