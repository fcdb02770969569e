import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Builds the console when its sources changed since the last build: `npm start` and `npm test` begin with it. */
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const app = join(root, 'apps/console');
const dist = join(app, 'dist');
const SOURCES = ['ui', 'apps/console', 'apps/server/console/contract.ts', 'package-lock.json'];
const PASSED_OVER = new Set(['dist', 'node_modules', 'dev']);

const wanted = fingerprint();
if (built() !== wanted) {
  console.log('Building the console …');
  // Under a test runner it says "test", and React would be bundled with its development checks.
  process.env.NODE_ENV = 'production';
  const { build } = await import('vite');
  // Elsewhere first, so that a failed or doubled build never leaves half a console.
  const fresh = join(root, `node_modules/.cache/socle-console-${process.pid}`);
  await build({
    root: app,
    configFile: join(app, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir: fresh, emptyOutDir: true },
  });
  writeFileSync(join(fresh, '.fingerprint'), wanted);
  rmSync(dist, { recursive: true, force: true });
  try {
    renameSync(fresh, dist);
  } catch (error) {
    // Another process was faster with the same sources.
    if (built() !== wanted) throw error;
    rmSync(fresh, { recursive: true, force: true });
  }
}

function built(): string | undefined {
  try {
    return readFileSync(join(dist, '.fingerprint'), 'utf8');
  } catch {
    return undefined;
  }
}

function fingerprint(): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    const full = join(root, path);
    for (const entry of readdirSync(full, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      if (PASSED_OVER.has(entry.name) || entry.name.endsWith('.test.ts')) continue;
      const inner = `${path}/${entry.name}`;
      if (entry.isDirectory()) add(inner);
      else hash.update(inner).update(readFileSync(join(root, inner)));
    }
  };
  for (const path of SOURCES) {
    if (path.includes('.')) hash.update(path).update(readFileSync(join(root, path)));
    else add(path);
  }
  return hash.digest('hex');
}
