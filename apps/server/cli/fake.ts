import { type Fake, SocleError } from '@socle/kernel';
import { guardProcess } from '@socle/service-egress';
import { createTelemetry } from '@socle/service-telemetry';
import { Command } from 'commander';
import { registry } from '../registry.generated.ts';
import { print, printJson, UsageError } from './output.ts';

interface FakeFlags {
  readonly port?: string;
  readonly webhookBase: string;
  readonly webhooks: boolean;
  readonly json?: boolean;
}

export function fakeCommand(): Command {
  return new Command('fake')
    .description('run local servers that behave as platforms document, until Ctrl-C')
    .argument('<platform...>', 'such as stripe resend')
    .option('--port <number>', 'port of the first; the others follow')
    .option(
      '--webhook-base <url>',
      'where signed webhooks go: <url>/<platform>',
      'http://127.0.0.1:5000/webhook',
    )
    .option('--no-webhooks', 'send none')
    .option('--json', 'print the environment as JSON')
    .addHelpText(
      'after',
      `
Prints the settings that make Socle talk to them. Example:
  $ socle fake stripe resend --port 9000`,
    )
    .action((ids: string[], flags: FakeFlags) => run(ids, flags));
}

async function run(ids: readonly string[], flags: FakeFlags): Promise<void> {
  const first = flags.port === undefined ? undefined : Number(flags.port);
  if (first !== undefined && !(Number.isInteger(first) && first > 0 && first + ids.length <= 65_536))
    throw new UsageError(`--port ${flags.port} is no port`);
  const stopped = Promise.withResolvers<void>();
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      signals += 1;
      if (signals > 1) process.exit(130);
      stopped.resolve();
    });
  if (!URL.canParse(flags.webhookBase)) throw new UsageError(`--webhook-base ${flags.webhookBase} is no URL`);
  stayHere(flags.webhookBase);
  const fakes: Fake[] = [];
  try {
    for (const [at, id] of ids.entries()) fakes.push(await start(id, { at, first, flags }));
    const env = Object.assign({}, ...fakes.map((fake) => fake.env)) as Record<string, string>;
    if (flags.json) printJson({ env });
    else {
      print(...ids.map((id, at) => `# ${id} at ${fakes[at]?.url}`));
      print(
        ...Object.entries(env).map(([name, value]) => `export ${name}=${quoted(value)}`),
        '# Ctrl-C stops',
      );
    }
    await stopped.promise;
  } finally {
    await Promise.all(fakes.map((fake) => fake.close()));
  }
}

/** A fake reaches this machine, and where it was told to deliver. */
function stayHere(webhookBase: string): void {
  const { hostname } = new URL(webhookBase);
  const { log } = createTelemetry({ level: 'warn', secrets: [], stream: process.stderr });
  const near = /^(localhost|127\.\d+\.\d+\.\d+|::1|unix:.*)$/;
  guardProcess({ allow: (host) => near.test(host) || host === hostname, log });
}

async function start(
  id: string,
  { at, first, flags }: { at: number; first: number | undefined; flags: FakeFlags },
): Promise<Fake> {
  const platform = await registry.find((one) => one.id === id)?.load();
  const module = await platform?.loadFake?.();
  if (!module) throw new UsageError(`"${id}" has no fake · there is ${(await available()).join(', ')}`);
  const port = first === undefined ? {} : { port: first + at };
  const webhookUrl = flags.webhooks && platform?.webhook ? { webhookUrl: `${flags.webhookBase}/${id}` } : {};
  return module.startFake({ ...port, ...webhookUrl }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new SocleError(
      'conflict',
      `port ${first === undefined ? '' : first + at} is in use · choose another with --port`,
    );
  });
}

async function available(): Promise<string[]> {
  const platforms = await Promise.all(registry.map((one) => one.load()));
  return platforms.filter((one) => one.loadFake).map((one) => one.id);
}

function quoted(value: string): string {
  return /^[\w.:/@-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
