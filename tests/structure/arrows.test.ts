import { expect, test } from 'vitest';
import { code, imports, isTest, read, sources } from './tree.ts';

type Layer = 'kernel' | 'ports' | 'platforms' | 'services' | 'kits' | 'ui' | 'apps';

/** ARCHITECTURE.md draws the same arrows. */
const MAY_IMPORT: Readonly<Record<Layer, readonly Layer[]>> = {
  kernel: ['kernel'],
  ports: ['kernel', 'ports'],
  platforms: ['kernel', 'ports', 'platforms'],
  services: ['kernel', 'ports', 'services'],
  kits: ['kernel', 'ports', 'services', 'kits', 'ui'],
  ui: ['kernel', 'ui'],
  apps: ['kernel', 'ports', 'platforms', 'services', 'kits', 'ui', 'apps'],
};

const layerOf = (path: string): Layer | undefined => {
  const top = path.split('/')[0] ?? '';
  return top in MAY_IMPORT ? (top as Layer) : undefined;
};
const folderOf = (path: string): string => path.split('/').slice(0, 2).join('/');
const product = imports.filter((one) => !isTest(one.from) && layerOf(one.from));

test('imports follow the arrows between layers', () => {
  const wrong = product.filter(({ from, target }) => {
    const [layer, aim] = [layerOf(from), target && layerOf(target)];
    return layer && aim && !MAY_IMPORT[layer].includes(aim);
  });
  expect(wrong.map(told)).toEqual([]);
});

test('the kernel imports zod and Node, nothing else', () => {
  const wrong = product.filter(
    ({ from, specifier }) => from.startsWith('kernel/') && !/^(\.|node:|zod$)/.test(specifier),
  );
  expect(wrong.map(told)).toEqual([]);
});

test('no platform imports another, no port another, no kit another', () => {
  const wrong = product.filter(
    ({ from, target }) =>
      target &&
      /^(platforms|ports|kits)\//.test(from) &&
      layerOf(from) === layerOf(target) &&
      folderOf(from) !== folderOf(target),
  );
  expect(wrong.map(told)).toEqual([]);
});

test('only apps/server reaches platforms', () => {
  const wrong = product.filter(
    ({ from, target }) =>
      target?.startsWith('platforms/') && !from.startsWith('platforms/') && !from.startsWith('apps/server/'),
  );
  expect(wrong.map(told)).toEqual([]);
});

test('a manifest stays free of the vendor SDK: only modules behind load() import it', () => {
  const wrong = product.filter(
    ({ from, specifier, typeOnly }) =>
      /^platforms\/[^/]+\/(platform|plan|webhook|errors)\.ts$/.test(from) &&
      !typeOnly &&
      !/^(\.|node:|zod$|@socle\/)/.test(specifier),
  );
  expect(wrong.map(told)).toEqual([]);
});

test('packages are imported only by the folders that depend on them', () => {
  const external = imports.filter(
    ({ specifier, target }) => !target && !/^(\.|node:|virtual:)/.test(specifier),
  );
  const wrong = external.filter(({ from, specifier }) => {
    const name = specifier.startsWith('@')
      ? specifier.split('/').slice(0, 2).join('/')
      : (specifier.split('/')[0] ?? '');
    return !dependencies(from).includes(name);
  });
  expect(wrong.map(told)).toEqual([]);
});

test('the environment is read in services/settings alone', () => {
  const wrong = sources.filter(
    (path) =>
      !isTest(path) &&
      !/^(services\/settings|tools|bench)\//.test(path) &&
      !/(^|\/)(vitest|vite)\.config\.ts$/.test(path) &&
      /\bprocess\.env\b/.test(code(path)),
  );
  expect(wrong).toEqual([]);
});

test('platforms reach out through host.fetch alone', () => {
  const wrong = sources.filter(
    (path) =>
      path.startsWith('platforms/') &&
      !isTest(path) &&
      !/\/fake(\/|\.ts$)/.test(path) &&
      /(?<![.\w#])fetch\(|globalThis\.fetch\b(?!;)/.test(code(path)),
  );
  expect(wrong).toEqual([]);
});

function dependencies(from: string): readonly string[] {
  const parts = from.split('/');
  const found: string[] = ['vitest'];
  for (let depth = parts.length - 1; depth >= 0; depth -= 1) {
    const path = [...parts.slice(0, depth), 'package.json'].join('/');
    try {
      const manifest = JSON.parse(read(path)) as Record<string, Record<string, string> | undefined>;
      found.push(...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.devDependencies ?? {}));
    } catch {
      // no package.json at this depth
    }
  }
  return found;
}

function told({ from, specifier }: { from: string; specifier: string }): string {
  return `${from} imports ${specifier}`;
}
