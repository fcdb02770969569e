import { Command } from 'commander';
import { show, withApp } from './context.ts';
import { print, table } from './output.ts';

interface ListFlags {
  readonly json?: boolean;
  readonly type?: string;
  readonly search?: string;
  readonly cursor?: string;
  readonly limit?: string;
}

export function eventsCommand(): Command {
  const command = new Command('events')
    .description('facts that were recorded, and what brought them')
    .addHelpText(
      'after',
      `
Examples:
  $ socle events list --type payment.succeeded
  $ socle events show 42 --json
  $ socle events replay 42        flows that have not run for it start; those that failed go on`,
    );
  command
    .command('list')
    .description('the newest first')
    .option('--type <type>', 'such as payment.succeeded')
    .option('--search <text>')
    .option('--cursor <cursor>', 'what the last page ended with')
    .option('--limit <number>', 'how many', '50')
    .option('--json')
    .action((flags: ListFlags) => list(flags));
  command
    .command('show')
    .argument('<id>')
    .description('one event, with its data')
    .option('--json')
    .action((id: string) =>
      withApp(async (app) => show(app, await app.events.show(id), { json: true, lines: () => '' })),
    );
  command
    .command('replay')
    .argument('<id>')
    .description('let flows react to it once more')
    .action((id: string) =>
      withApp(async (app) => {
        await app.events.replay(id);
        print(`event ${id}: flows react to it again`);
      }),
    );
  return command;
}

async function list({ json = false, type, search, cursor, limit }: ListFlags): Promise<void> {
  await withApp(async (app) => {
    const page = await app.events.list({ type, search, cursor, limit: Number(limit) || 50 });
    show(app, page, {
      json,
      lines: ({ items, nextCursor }) =>
        [
          table(
            ['id', 'time', 'type', 'source', 'subject'],
            items.map((one) => [one.id, one.time, one.type, one.source, one.subject]),
          ),
          ...(nextCursor ? [`more: --cursor ${nextCursor}`] : []),
        ].join('\n'),
    });
  });
}
