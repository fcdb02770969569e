import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { code, files, isTest, read, root, sources } from './tree.ts';

const lines = (path: string): number => read(path).trimEnd().split('\n').length;
const over = (paths: readonly string[], max: number): string[] =>
  paths.filter((path) => lines(path) > max).map((path) => `${path}: ${lines(path)} lines, at most ${max}`);
const folders = (top: string): string[] => [
  ...new Set(files.filter((path) => path.startsWith(`${top}/`)).map((path) => path.split('/')[1] ?? '')),
];

test('a contract has at most 60 lines, a platform file 200, any source file 300', () => {
  const contracts = sources.filter((path) => /^ports\/[^/]+\/contract\.ts$/.test(path));
  const platforms = sources.filter((path) => path.startsWith('platforms/') && !isTest(path));
  expect([...over(contracts, 60), ...over(platforms, 200), ...over(sources, 300)]).toEqual([]);
});

test('every port has a contract, events and a conformance suite that is itself tested', () => {
  const missing = folders('ports').flatMap((port) =>
    ['contract.ts', 'events.ts', 'index.ts', 'conformance/index.ts', 'conformance/broken.test.ts']
      .map((name) => `ports/${port}/${name}`)
      .filter((path) => !files.includes(path)),
  );
  expect(missing).toEqual([]);
});

test('every platform folder has the shape that its newcomer expects', () => {
  const missing = folders('platforms').flatMap((id) => {
    const common = ['platform.ts', 'README.md', 'package.json', `${id}.test.ts`];
    const networked = ['errors.ts', 'plan.ts', 'audit.ts'];
    return [...common, ...(id === 'embedded' ? [] : networked)]
      .map((name) => `platforms/${id}/${name}`)
      .filter((path) => !files.includes(path));
  });
  expect(missing).toEqual([]);
});

test("a platform's id is its folder's name, and its package's", () => {
  const wrong = folders('platforms').filter(
    (id) =>
      !new RegExp(`\\bid: '${id}'`).test(read(`platforms/${id}/platform.ts`)) ||
      !read(`platforms/${id}/package.json`).includes(`"@socle/platform-${id}"`),
  );
  expect(wrong).toEqual([]);
});

test('kits name no vendor', () => {
  const vendors = folders('platforms').filter((id) => id !== 'embedded');
  const found = files
    .filter((path) => path.startsWith('kits/') && /\.(tsx?|sql|md|html)$/.test(path))
    .flatMap((path) =>
      vendors.filter((id) => new RegExp(`\\b${id}\\b`, 'i').test(read(path))).map((id) => `${path}: ${id}`),
    );
  expect(found).toEqual([]);
});

test('source holds no any, no default export and no unfinished mark', () => {
  const wrong = sources
    .filter((path) => !path.startsWith('tests/structure/'))
    .flatMap((path) =>
      [
        [/(?::|\bas|<)\s*any\b/, 'any'],
        [/\bexport default\b/, 'default export'],
        [/\b(TODO|FIXME|XXX|HACK)\b/, 'unfinished mark'],
        [/\b(?:it|test|describe)\.(?:only|skip|todo|skipIf|runIf)\b/, 'silent skip'],
      ].flatMap(([pattern, name]) =>
        (pattern as RegExp).test(withoutAllowed(path)) ? [`${path}: ${String(name)}`] : [],
      ),
    );
  expect(wrong).toEqual([]);
});

test('every dependency is pinned to an exact version and explained', () => {
  const reasons = read('docs/decisions/dependencies.md');
  const wrong = files
    .filter((path) => path === 'package.json' || path.endsWith('/package.json'))
    .flatMap((path) => {
      const manifest = JSON.parse(read(path)) as Record<string, Record<string, string> | undefined>;
      const all = { ...manifest.dependencies, ...manifest.devDependencies };
      return Object.entries(all).flatMap(([name, version]) => [
        ...(/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) ? [] : [`${path}: ${name} is not pinned (${version})`]),
        ...(name.startsWith('@socle/') || reasons.includes(`\`${name}\``)
          ? []
          : [`${path}: ${name} has no reason`]),
      ]);
    });
  expect(wrong).toEqual([]);
});

test('paths named in the documents exist', () => {
  const known = [...files.map((path) => path.split('/')[0])];
  const wrong = files
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) => {
      const text = read(path).replace(/```[\s\S]*?```/g, '');
      const named = [...text.matchAll(/`([\w.@-]+(?:\/[\w.@-]+)+\/?)`/g)].map((match) => match[1] ?? '');
      const linked = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) =>
        join(dirname(path), match[1] ?? ''),
      );
      return [...named.filter((one) => known.includes(one.split('/')[0] ?? '')), ...linked]
        .filter((one) => !existsSync(join(root, one)))
        .map((one) => `${path}: ${one}`);
    });
  expect(wrong).toEqual([]);
});

/** Tool configuration files must export their default. */
function withoutAllowed(path: string): string {
  const text = code(path);
  return /(^|\/)(vite|vitest)\.config\.ts$/.test(path) ? text.replace('export default', '') : text;
}
