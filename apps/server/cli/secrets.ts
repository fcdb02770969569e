import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { SocleError } from '@socle/kernel';
import { knownNames, nearest, secretNames } from '@socle/service-settings';
import { Command } from 'commander';
import type { App } from '../compose/app.ts';
import { show, withApp } from './context.ts';
import { print, printJson, table, UsageError } from './output.ts';

/** Settings that must be known before the vault can be opened. */
const OUTSIDE = /^(DATABASE_URL|PORT|PUBLIC_BASE_URL|SOCLE_(HOME|MASTER_KEY|LISTEN|LOG_LEVEL))$/;

export function secretsCommand(): Command {
  const command = new Command('secrets').description('settings in the encrypted vault').addHelpText(
    'after',
    `
The environment beats the vault. A running server takes changes over at once. Examples:
  $ socle secrets set RESEND_API_KEY            asks on standard input, so that no history keeps it
  $ socle secrets set STRIPE_SECRET_KEY < key.txt
  $ socle secrets import .env.production`,
  );
  command
    .command('set')
    .description('store a value')
    .argument('<name>', 'env name of the setting')
    .argument('[value]', 'absent: read from standard input')
    .action((name: string, value?: string) => set(name, value));
  command
    .command('get')
    .description('print a value')
    .argument('<name>')
    .option('--json')
    .action((name: string, { json }: { json?: boolean }) => get(name, json ?? false));
  command
    .command('list')
    .description('names of what is stored, never values')
    .option('--json')
    .action(({ json }: { json?: boolean }) => list(json ?? false));
  command.command('remove').description('remove a value').argument('<name>').action(remove);
  command
    .command('import')
    .description('store every known setting of an env file')
    .argument('<file>', 'an env file')
    .action((file: string) => importFile(file));
  return command;
}

async function set(name: string, given?: string): Promise<void> {
  const value = given ?? (await input(name));
  if (!value) throw new UsageError(`no value for ${name}`);
  await withApp(async (app) => {
    checkName(app, name);
    await app.vault.set(name, value);
    print(
      `${name} is stored${app.boot().originOf(name) === 'environment' ? ', but the environment beats it' : ''}`,
    );
  });
}

/** The one place where a secret is shown: its owner asked for it by name. */
async function get(name: string, json: boolean): Promise<void> {
  await withApp(async (app) => {
    const value = await app.vault.get(name);
    if (value === undefined) throw new SocleError('not_found', `${name} is not in the vault`);
    if (json) printJson({ name, value });
    else print(value);
  });
}

async function list(json: boolean): Promise<void> {
  await withApp(async (app) => {
    const secrets = secretNames(app.platforms);
    const names = Object.keys(await app.vault.all()).sort();
    const rows = names.map((name) => ({
      name,
      secret: secrets.has(name),
      overruled: app.boot().originOf(name) === 'environment',
    }));
    show(app, rows, {
      json,
      lines: (all) =>
        all.length === 0
          ? 'The vault is empty.'
          : table(
              ['name', 'secret', 'overruled by the environment'],
              all.map((one) => [one.name, one.secret ? 'yes' : 'no', one.overruled ? 'yes' : 'no']),
            ),
    });
  });
}

async function remove(name: string): Promise<void> {
  await withApp(async (app) => {
    if ((await app.vault.get(name)) === undefined)
      throw new SocleError('not_found', `${name} is not in the vault`);
    await app.vault.remove(name);
    print(`${name} is removed`);
  });
}

async function importFile(file: string): Promise<void> {
  let values: Record<string, string | undefined>;
  try {
    values = parseEnv(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  await withApp(async (app) => {
    const known = knownNames(app.platforms);
    const fits = Object.entries(values).flatMap(([name, value]) =>
      value && known.has(name) && !OUTSIDE.test(name) ? [[name, value] as const] : [],
    );
    for (const [name, value] of fits) await app.vault.set(name, value);
    const left = Object.keys(values)
      .filter((name) => !fits.some(([one]) => one === name))
      .sort();
    print(`${fits.length} stored${left.length > 0 ? `; left out: ${left.join(', ')}` : ''}`);
  });
}

function checkName(app: App, name: string): void {
  const known = knownNames(app.platforms);
  if (OUTSIDE.test(name))
    throw new UsageError(
      `${name} is needed before the vault can be opened · set it in the environment or in .env`,
    );
  if (known.has(name)) return;
  const meant = nearest(name, [...known]);
  throw new UsageError(
    `${name} is no setting${meant ? ` · did you mean ${meant}?` : ' · docs/reference/settings.md lists them'}`,
  );
}

/** A line from a terminal without showing it; everything from a pipe. */
async function input(name: string): Promise<string> {
  if (!process.stdin.isTTY) return readFileSync(0, 'utf8').trim();
  process.stderr.write(`${name}: `);
  process.stdin.setRawMode(true);
  let value = '';
  try {
    for await (const chunk of process.stdin) {
      for (const char of String(chunk)) {
        if (char === '\r' || char === '\n') return value.trim();
        if (char === '\u0003') throw new UsageError('cancelled');
        value = char === '\u007f' ? value.slice(0, -1) : value + char;
      }
    }
    return value.trim();
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.pause();
    process.stderr.write('\n');
  }
}
