import { listProcesses } from '@socle/service-database';
import { Command } from 'commander';
import type { App } from '../compose/app.ts';
import { overview } from '../console/overview.ts';
import { show, withApp } from './context.ts';
import { print, table } from './output.ts';

interface JsonFlag {
  readonly json?: boolean;
}

export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database up to date')
    .addHelpText(
      'after',
      '\nEvery other command does so by itself; this one is for deployments that migrate first.',
    )
    .action(() => withApp(async () => print('The database is up to date.')));
}

export function quotasCommand(): Command {
  return new Command('quotas')
    .description('what is used, held and left of every plan')
    .option('--json')
    .action(({ json = false }: JsonFlag) =>
      withApp(async (app) =>
        show(app, await app.quotas(), {
          json,
          lines: (rows) =>
            rows.length === 0
              ? 'No platform with a quota is configured.'
              : table(
                  ['platform', 'plan', 'meter', 'window', 'used', 'held', 'max', 'left', 'resets', 'wall'],
                  rows.map((one) => [
                    one.platform,
                    `${one.plan}${one.stale ? ' (stale)' : ''}`,
                    one.meter,
                    one.window,
                    one.used,
                    one.reserved,
                    one.max,
                    Math.max(0, one.max - one.used - one.reserved),
                    one.resetsAt,
                    one.wallAt,
                  ]),
                ),
        }),
      ),
    );
}

export function statusCommand(): Command {
  return new Command('status')
    .description('processes, modules and what needs attention')
    .option('--json')
    .action(({ json = false }: JsonFlag) =>
      withApp(async (app) => show(app, await status(app), { json, lines: statusLines })),
    );
}

async function status(app: App) {
  const [processes, { database, modules, counts }] = await Promise.all([
    listProcesses(app.database),
    overview(app),
  ]);
  const alive = processes.filter((one) => one.alive);
  return {
    running: alive.length > 0,
    processes: alive.map(({ role, host, pid, startedAt }) => ({
      role,
      host,
      pid,
      startedAt: startedAt.toISOString(),
    })),
    database,
    modules: modules.map(({ port, adapter, chain, policy, state, progress, calls24h, errors24h }) => ({
      port,
      adapter,
      chain,
      policy,
      state,
      percent: progress.percent,
      calls24h,
      errors24h,
    })),
    counts,
  };
}

function statusLines({ processes, database, modules, counts }: Awaited<ReturnType<typeof status>>): string {
  return [
    processes.length > 0
      ? table(
          ['process', 'host', 'pid', 'since'],
          processes.map((one) => [one.role, one.host, one.pid, one.startedAt]),
        )
      : 'Nothing is running · socle start',
    `\nPostgreSQL ${database.version}, ${database.kind}, ${Math.round(database.sizeBytes / 1e6)} MB\n`,
    table(
      ['module', 'answers', 'chain', 'policy', 'state', 'seen working', 'calls 24 h', 'errors'],
      modules.map((one) => [
        one.port,
        one.adapter,
        one.chain.join(' → '),
        one.policy,
        one.state,
        `${one.percent} %`,
        one.calls24h,
        one.errors24h,
      ]),
    ),
    `\n${counts.deliveries24h} deliveries, ${counts.events24h} events, ${counts.runs24h} runs in 24 h; ${counts.failedRuns} failed, ${counts.parkedRuns} parked`,
  ].join('\n');
}
