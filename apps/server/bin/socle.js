#!/usr/bin/env node
// Plain JavaScript, so that a Node that is too old for the sources can still start it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  // Types are stripped and code compiled once, not at every start.
  module.enableCompileCache?.(fileURLToPath(new URL('../../../node_modules/.cache/socle', import.meta.url)));
  const { main } = await import('../cli/main.ts');
  await main(process.argv.slice(2));
} else {
  const own = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));
  if (existsSync(own)) restart(own);
  else {
    console.error(
      `socle: needs Node ${NEEDED}, this is ${process.versions.node} · run npm ci, which brings it, or install Node ${NEEDED}`,
    );
    process.exitCode = 1;
  }
}

function restart(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // A terminal sends Ctrl-C to the whole group; passing it on again would look like a second one.
  for (const signal of signals) process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
  child.on('error', (error) => {
    console.error(`socle: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    for (const one of signals) process.removeAllListeners(one);
    process.kill(process.pid, signal);
  });
}
