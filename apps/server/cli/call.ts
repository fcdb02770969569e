import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { withApp } from './context.ts';
import { printJson, UsageError } from './output.ts';

interface CallFlags {
  readonly via?: string;
  readonly key?: string;
}

export function callCommand(): Command {
  return new Command('call')
    .description('call one operation, through the same pipeline as the application')
    .argument('<port.operation>', 'such as email.send')
    .argument('[json]', 'the input; "-" reads it from standard input', '{}')
    .option('--via <platform>', 'this platform and no other')
    .option('--key <key>', 'idempotency key: the same call again, not another one')
    .option('--json', 'JSON, as always for this command')
    .addHelpText(
      'after',
      `
Prints the result, or the error, as JSON. Examples:
  $ socle call email.send '{"from":"me@example.com","to":["ada@example.com"],"subject":"Hi","text":"Hello"}'
  $ socle call payments.createCustomer '{"email":"ada@example.com"}' --via stripe
  $ socle call cache.get '{"key":"greeting"}'`,
    )
    .action((name: string, json: string, flags: CallFlags) => call(name, json, flags));
}

async function call(name: string, json: string, { via, key }: CallFlags): Promise<void> {
  const [port, operation, ...rest] = name.split('.');
  if (!port || !operation || rest.length > 0)
    throw new UsageError(`"${name}" is no operation: it looks like email.send`);
  const input = parse(json === '-' ? readFileSync(0, 'utf8') : json);
  await withApp(async (app) => {
    const result = await app.modules.call({
      port,
      operation,
      input,
      ...(via ? { via } : {}),
      ...(key ? { idempotencyKey: key } : {}),
    });
    printJson(app.telemetry.redactor.value(result));
  });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UsageError(`the input is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
