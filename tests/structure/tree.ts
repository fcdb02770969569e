import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Files that git knows or would add, relative to the root. */
export const files: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'],
  { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 },
)
  .split('\n')
  .filter((path) => path !== '' && existing(path));

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** What the machine runs: comments may say what code may not. */
export function code(path: string): string {
  return read(path)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[\s;{}()])\/\/.*$/gm, '$1');
}

/** Hand-written TypeScript. */
export const sources: readonly string[] = files.filter(
  (path) => /\.tsx?$/.test(path) && !/\.generated\.|\.d\.ts$/.test(path),
);

export function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path) || path.startsWith('tests/') || /(^|\/)testing(\.ts$|\/)/.test(path);
}

export interface Import {
  readonly from: string;
  /** As written: `@socle/kernel`, `./error.ts`, `stripe`. */
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** Path relative to the root for imports inside the repository. */
  readonly target?: string;
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

const packages: ReadonlyMap<string, string> = new Map(
  files
    .filter((path) => path.endsWith('/package.json'))
    .map((path) => [(JSON.parse(read(path)) as { name: string }).name, dirname(path)]),
);

export const imports: readonly Import[] = sources.flatMap((from) =>
  [...read(from).matchAll(IMPORT)].map((match) => {
    const specifier = match[2] ?? match[3] ?? '';
    const target = locate(from, specifier);
    return { from, specifier, typeOnly: Boolean(match[1]), ...(target ? { target } : {}) };
  }),
);

function locate(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return relative(root, resolve(root, dirname(from), specifier));
  const name = specifier.startsWith('@')
    ? specifier.split('/').slice(0, 2).join('/')
    : specifier.split('/')[0];
  const folder = packages.get(name ?? '');
  return folder === undefined ? undefined : join(folder, specifier.slice((name ?? '').length));
}

function existing(path: string): boolean {
  try {
    readFileSync(join(root, path));
    return true;
  } catch {
    return false;
  }
}
