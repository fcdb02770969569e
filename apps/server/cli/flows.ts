import type { RunState } from '@socle/service-flows';
import { Command } from 'commander';
import { show, withApp } from './context.ts';
import { print, table, UsageError } from './output.ts';

interface RunFlags {
  readonly json?: boolean;
  readonly flow?: string;
  readonly state?: string;
  readonly cursor?: string;
}

interface ResolveFlags {
  readonly step: string;
  readonly happened?: boolean;
  readonly didNotHappen?: boolean;
}

export function flowsCommand(): Command {
  const command = new Command('flows').description('what reacts to events, and how it went').addHelpText(
    'after',
    `
Examples:
  $ socle flows list
  $ socle flows runs --state parked
  $ socle flows show 7 --json
  $ socle flows retry 7
  $ socle flows resolve 7 --step send-receipt --happened      what you saw at the vendor`,
  );
  command
    .command('list')
    .description('every flow, with its runs by state')
    .option('--json')
    .action(({ json }: { json?: boolean }) => list(json ?? false));
  command
    .command('runs')
    .description('the newest first')
    .option('--flow <id>')
    .option('--state <state>', 'waiting, running, deferred, succeeded, failed, parked or cancelled')
    .option('--cursor <cursor>', 'what the last page ended with')
    .option('--json')
    .action((flags: RunFlags) => runs(flags));
  command
    .command('show')
    .argument('<run>')
    .description('one run, step by step')
    .option('--json')
    .action((id: string, { json }: { json?: boolean }) => showRun(id, json ?? false));
  command
    .command('retry')
    .argument('<run>')
    .description('go on at the step that failed')
    .action((id: string) => withApp(({ engine }) => engine.retry(id).then(() => print(`run ${id} goes on`))));
  command
    .command('cancel')
    .argument('<run>')
    .description('start no further step')
    .action((id: string) =>
      withApp(({ engine }) => engine.cancel(id).then(() => print(`run ${id} is cancelled`))),
    );
  command
    .command('resolve')
    .argument('<run>')
    .description('say what became of the step that parked it')
    .requiredOption('--step <id>')
    .option('--happened', 'it counts as done')
    .option('--did-not-happen', 'it is done again')
    .action((id: string, flags: ResolveFlags) => resolve(id, flags));
  return command;
}

async function list(json: boolean): Promise<void> {
  await withApp(async (app) => {
    show(app, await app.engine.list(), {
      json,
      lines: (flows) =>
        table(
          ['flow', 'starts with', 'steps', 'succeeded', 'under way', 'failed', 'parked'],
          flows.map(({ id, trigger, steps, counts }) => [
            id,
            trigger.kind === 'event' ? trigger.type : trigger.cron,
            steps.map((step) => step.id).join(' → '),
            counts.succeeded,
            counts.waiting + counts.running + counts.deferred,
            counts.failed,
            counts.parked,
          ]),
        ),
    });
  });
}

async function runs({ json = false, flow, state, cursor }: RunFlags): Promise<void> {
  await withApp(async (app) => {
    const page = await app.engine.runs({ flow, state: state as RunState | undefined, cursor });
    show(app, page, {
      json,
      lines: ({ items, nextCursor }) =>
        [
          table(
            ['run', 'flow', 'state', 'started', 'attempts', 'error'],
            items.map((one) => [
              one.id,
              one.flow,
              one.state,
              one.startedAt,
              one.attempts,
              one.error?.message,
            ]),
          ),
          ...(nextCursor ? [`more: --cursor ${nextCursor}`] : []),
        ].join('\n'),
    });
  });
}

async function showRun(id: string, json: boolean): Promise<void> {
  await withApp(async (app) => {
    show(app, await app.engine.show(id), {
      json,
      lines: (run) =>
        [
          `run ${run.id} of ${run.flow}: ${run.state}`,
          table(
            ['step', 'state', 'attempts', 'finished', 'output or error'],
            run.steps.map((one) => [
              one.id,
              one.state,
              one.attempts,
              one.finishedAt,
              one.error?.message ?? JSON.stringify(one.output),
            ]),
          ),
        ].join('\n'),
    });
  });
}

async function resolve(id: string, { step, happened, didNotHappen }: ResolveFlags): Promise<void> {
  if (Boolean(happened) === Boolean(didNotHappen))
    throw new UsageError('say either --happened or --did-not-happen');
  await withApp(async ({ engine }) => {
    await engine.resolve(id, { stepId: step, outcome: happened ? 'happened' : 'did_not_happen' });
    print(`run ${id} goes on`);
  });
}
