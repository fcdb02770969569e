import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Field, fieldsOf, type Platform } from '@socle/kernel';
import { chainEnv, coreSettings, POLICIES, planEnv, policyEnv, portsOf } from '@socle/service-settings';

/** Writes what is derived from the platforms' manifests; with `--check`, fails when a file is not up to date. */
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const ids = readdirSync(join(root, 'platforms'), { withFileTypes: true })
  .filter((one) => one.isDirectory() && existsSync(join(root, 'platforms', one.name, 'platform.ts')))
  .map((one) => one.name)
  .sort();
const platforms = await Promise.all(ids.map(loadPlatform));

const outputs: Readonly<Record<string, string>> = {
  'apps/server/registry.generated.ts': registry(),
  '.env.example': envExample(),
  'docs/reference/settings.md': reference(),
};
const stale = Object.entries(outputs).filter(([path, text]) => read(path) !== text);
if (values.check && stale.length > 0) {
  console.error(`not up to date: ${stale.map(([path]) => path).join(', ')} · run npm run generate`);
  process.exitCode = 1;
}
if (!values.check) for (const [path, text] of stale) writeFileSync(join(root, path), text);

async function loadPlatform(id: string): Promise<Platform> {
  const module = (await import(join(root, 'platforms', id, 'platform.ts'))) as Record<string, Platform>;
  const platform = module[exportName(id)];
  if (!platform) throw new Error(`platforms/${id}/platform.ts does not export "${exportName(id)}"`);
  return platform;
}

function exportName(id: string): string {
  return id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function registry(): string {
  const lines = ids.map(
    (id) =>
      `  { id: '${id}', load: async () => (await import(${JSON.stringify(`@socle/platform-${id}`)})).${exportName(id)} as unknown as Platform },`,
  );
  return `// Written by tools/generate.ts from the folders in platforms/: do not edit.
import type { Platform } from '@socle/kernel';

export interface Registered {
  readonly id: string;
  /** The manifest alone: the vendor's SDK is imported when its adapter is first used. */
  load(): Promise<Platform>;
}

export const registry: readonly Registered[] = [
${lines.join('\n')}
];
`;
}

function envExample(): string {
  const block = (title: string, fields: readonly string[]): string => [`# ${title}`, ...fields].join('\n');
  const line = (one: Field): string => `# ${one.help.en}\n# ${one.env}=${one.example ?? ''}\n`;
  const own = (one: Platform): readonly Field[] => fieldsOf(one.settings).filter((field) => !field.shared);
  const ports = [...portsOf(platforms).values()].map(
    (port) => `# ${chainEnv(port.id)}=embedded\n# ${policyEnv(port.id)}=fail\n`,
  );
  return `${[
    '# Written by tools/generate.ts: copy to .env and take the # away from what you need.\n',
    block('Socle', fieldsOf(coreSettings).map(line)),
    block(`Modules: a chain of platforms, and what to do at the wall (${POLICIES.join(', ')})`, ports),
    ...platforms
      .filter((one) => own(one).length > 0)
      .map((one) => block(`${one.title}: ${one.summary.en}`, own(one).map(line))),
  ].join('\n')}`;
}

function reference(): string {
  const head = '| setting | secret | what it is |\n|---|---|---|';
  const row = (one: Field): string =>
    `| \`${one.env}\`${one.required ? ' (required)' : ''} | ${one.secret ? 'yes' : ''} | ${cell(one.help.en)}${one.example ? ` Example: \`${one.example}\`` : ''} |`;
  const section = (one: Platform): string => {
    const fields = fieldsOf(one.settings);
    const plans = one.plans.map((plan) => `\`${plan.id}\``).join(', ');
    return `## ${one.title}\n\n${one.summary.en}. Ports: ${one.adapters.map(({ port }) => port.id).join(', ')}. Plans (\`${planEnv(one.id)}\`): ${plans}.\n${fields.length > 0 ? `\n${head}\n${fields.map(row).join('\n')}\n` : ''}`;
  };
  const ports = [...portsOf(platforms).values()].map(
    (port) => `| \`${chainEnv(port.id)}\` | | Chain of platforms for ${port.id}, first to last, by commas |
| \`${policyEnv(port.id)}\` | | What happens when the first cannot: ${POLICIES.map((one) => `\`${one}\``).join(', ')} |`,
  );
  return `# Settings

Written by \`npm run generate\` from the settings' own descriptions. The environment beats \`.env\`, and \`.env\` beats the vault (\`socle secrets set NAME\`, or the console).

## Socle

${head}
${fieldsOf(coreSettings).map(row).join('\n')}

## Modules

${head}
${ports.join('\n')}

${platforms.map(section).join('\n')}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function read(path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return '';
  }
}
