import { accessSync, constants, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Fault, isSocleError } from '@socle/kernel';
import { readBoot } from '@socle/service-settings';
import { createRedactor } from '@socle/service-telemetry';
import { Command } from 'commander';
import { loadPlatforms } from '../compose/registry.ts';
import { environment, withApp } from './context.ts';
import { Failed, print, printJson } from './output.ts';

interface Finding {
  readonly subject: string;
  readonly state: 'good' | 'bad' | 'off';
  readonly text: string;
  readonly fix?: string;
}

const MARKS = { good: '✓', bad: '✗', off: '·' } as const;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('every fault of the configuration at once, and what to do')
    .option('--offline', 'ask no platform')
    .option('--json')
    .action((flags: { offline?: boolean; json?: boolean }) => doctor(flags));
}

async function doctor({
  offline = false,
  json = false,
}: {
  offline?: boolean;
  json?: boolean;
}): Promise<void> {
  const env = environment();
  const platforms = await loadPlatforms();
  const boot = readBoot({ env, platforms });
  const redactor = createRedactor(boot.secrets);
  const findings = [...machine(boot.core?.home ?? '.socle')];
  const blocking = boot.faults.filter((one) => one.origin === 'environment');
  if (blocking.length > 0 || !boot.core) findings.push(...boot.faults.map(toFinding));
  else findings.push(...(await running({ offline })));

  const bad = findings.filter((one) => one.state === 'bad').length;
  const clean = redactor.value(findings);
  if (json) printJson({ healthy: bad === 0, findings: clean });
  else {
    print(
      ...clean.map(
        ({ state, subject, text, fix }) => `${MARKS[state]} ${subject} ${text}${fix ? ` · ${fix}` : ''}`,
      ),
    );
    print('', bad === 0 ? 'All is well.' : `${bad} ${bad === 1 ? 'fault' : 'faults'}.`);
  }
  if (bad > 0) throw new Failed();
}

function machine(home: string): Finding[] {
  const dist = fileURLToPath(new URL('../../console/dist/index.html', import.meta.url));
  return [
    { subject: 'Node', state: 'good', text: process.versions.node },
    writable(home)
      ? { subject: 'SOCLE_HOME', state: 'good', text: resolve(home) }
      : {
          subject: 'SOCLE_HOME',
          state: 'bad',
          text: `${resolve(home)} cannot be written`,
          fix: 'Give this user the folder, or set SOCLE_HOME to another.',
        },
    existsSync(dist)
      ? { subject: 'console', state: 'good', text: 'is built' }
      : {
          subject: 'console',
          state: 'off',
          text: 'is not built',
          fix: 'npm run build --workspace @socle/console',
        },
  ];
}

/** With the database open: faults of the vault, and whether each platform that is ready answers. */
async function running({ offline }: { offline: boolean }): Promise<Finding[]> {
  try {
    return await withApp(async (app) => {
      const found: Finding[] = [
        { subject: 'database', state: 'good', text: `${app.database.kind} PostgreSQL answers` },
      ];
      found.push(...app.boot().faults.map(toFinding));
      for (const { platform, result } of app.boot().platforms.values()) {
        if (result.state === 'absent')
          found.push({
            subject: platform.id,
            state: 'off',
            text: `is switched off (${result.missing.join(', ')})`,
          });
        if (result.state !== 'ready' || offline) continue;
        const verified = await app.verify(platform.id).then(
          () => undefined,
          (thrown: unknown) => app.toError(platform.id, thrown),
        );
        found.push(
          verified
            ? {
                subject: platform.id,
                state: 'bad',
                text: `does not answer as it should: ${verified.message} (${verified.code})`,
              }
            : { subject: platform.id, state: 'good', text: 'answers' },
        );
      }
      return found;
    });
  } catch (thrown) {
    const { message, details } = isSocleError(thrown) ? thrown : { message: String(thrown), details: {} };
    if (details.faults) return details.faults.map(toFinding);
    return [{ subject: 'database', state: 'bad', text: `does not open: ${message}` }];
  }
}

function toFinding({ field, problem, fix }: Fault): Finding {
  return { subject: field, state: 'bad', text: problem, ...(fix ? { fix } : {}) };
}

/** The folder, or the nearest one above it that exists. */
function writable(path: string): boolean {
  let folder = resolve(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
