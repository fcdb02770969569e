import { Command, CommanderError } from 'commander';
import { auditCommand } from './audit.ts';
import { callCommand } from './call.ts';
import { currentRedactor } from './context.ts';
import { doctorCommand } from './doctor.ts';
import { eventsCommand } from './events.ts';
import { fakeCommand } from './fake.ts';
import { flowsCommand } from './flows.ts';
import { EXIT, Failed, printError, UsageError } from './output.ts';
import { migrateCommand, quotasCommand, statusCommand } from './reads.ts';
import { secretsCommand } from './secrets.ts';
import { serverCommands } from './start.ts';

/** The `socle` command. Sets the exit code: 0 good, 1 the thing failed, 2 wrong use. */
export async function main(args: readonly string[]): Promise<void> {
  const program = new Command('socle')
    .description(
      'The self-hosted application base: every module an application needs, behind swappable ports.',
    )
    .version('0.1.0')
    .showHelpAfterError('Run it with --help to see how it is used.')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .exitOverride();
  const commands = [
    ...serverCommands(),
    migrateCommand(),
    doctorCommand(),
    statusCommand(),
    callCommand(),
    auditCommand(),
    quotasCommand(),
    eventsCommand(),
    flowsCommand(),
    secretsCommand(),
    fakeCommand(),
  ];
  for (const command of commands) program.addCommand(inherit(command));

  // A crash must not print what a log line may not hold.
  process.on('uncaughtException', (error) => {
    printError(error, { json: false, redactor: currentRedactor() });
    process.exit(EXIT.failed);
  });
  // The reader of our output has gone (`socle events list | head`).
  process.stdout.on('error', () => process.exit());

  try {
    await program.parseAsync(args, { from: 'user' });
    process.exitCode ??= EXIT.good;
  } catch (thrown) {
    process.exitCode = exitCodeOf(thrown);
    if (thrown instanceof CommanderError || thrown instanceof Failed) return;
    const json = args.includes('--json') || (args[0] === 'call' && !(thrown instanceof UsageError));
    printError(thrown, { json, redactor: currentRedactor() });
  }
}

/** Subcommands made apart do not take over `exitOverride` by themselves. */
function inherit(command: Command): Command {
  command.exitOverride().showHelpAfterError('Run it with --help to see how it is used.');
  for (const one of command.commands) inherit(one);
  return command;
}

function exitCodeOf(thrown: unknown): number {
  if (thrown instanceof UsageError) return EXIT.usage;
  if (thrown instanceof CommanderError)
    return /^commander\.(help|helpDisplayed|version)$/.test(thrown.code) ? thrown.exitCode : EXIT.usage;
  return EXIT.failed;
}
