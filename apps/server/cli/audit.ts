import { writeFileSync } from 'node:fs';
import type { Fake, Platform } from '@socle/kernel';
import { Command } from 'commander';
import type { PlatformAudit } from '../compose/audit.ts';
import { loadPlatforms } from '../compose/registry.ts';
import { overview } from '../console/overview.ts';
import { toMarkdown } from './audit-report.ts';
import { show, withApp } from './context.ts';
import { Failed, print, table, UsageError } from './output.ts';

interface AuditFlags {
  readonly platform?: string[];
  readonly live?: boolean;
  readonly json?: boolean;
  readonly md?: string;
}

export function auditCommand(): Command {
  return new Command('audit')
    .description('check the capabilities of every platform: against fakes, or live')
    .option('--platform <id...>', 'these alone')
    .option('--live', 'against the real platforms, with the configured settings')
    .option('--json')
    .option('--md <file>', 'write a report')
    .addHelpText(
      'after',
      `
What is not configured is reported as not run, never as passed. Exit code 1 when a check fails. Examples:
  $ socle audit
  $ socle audit --platform stripe resend
  $ socle audit --live --md audit.md`,
    )
    .action((flags: AuditFlags) => audit(flags));
}

async function audit({ platform: wanted, live = false, json = false, md }: AuditFlags): Promise<void> {
  const platforms = await loadPlatforms();
  const unknown = wanted?.filter((id) => !platforms.some((one) => one.id === id)) ?? [];
  if (unknown.length > 0)
    throw new UsageError(
      `no platform ${unknown.join(', ')} · there is ${platforms.map((one) => one.id).join(', ')}`,
    );
  const chosen = platforms.filter((one) => wanted?.includes(one.id) ?? true);
  const fakes = new Map<string, Fake>();
  const failed = new Map<string, string>();
  try {
    // Before the process guard is up: a fake that is a real server is asked over a socket whether it is ready.
    if (!live) for (const one of chosen) await startFake(one, { fakes, failed });
    await withApp(async (app) => {
      const { auditPlatform } = await import('../compose/audit.ts');
      const audits: PlatformAudit[] = [];
      for (const one of chosen) {
        const fake = fakes.get(one.id);
        if (fake) app.grant(fake.url);
        const notRun = failed.get(one.id);
        audits.push(
          notRun
            ? { platform: one.id, title: one.title, against: 'fake', checks: [], notRun }
            : await auditPlatform(app, { platform: one, fake, live: live && one.id !== 'embedded' }),
        );
      }
      if (md) {
        const { nodes, edges } = await overview(app);
        writeFileSync(md, app.telemetry.redactor.text(toMarkdown({ audits, nodes, edges, at: new Date() })));
      }
      show(app, { audits, summary: summaryOf(audits) }, { json, lines: (all) => linesOf(all.audits) });
      if (md && !json) print(`Report written to ${md}`);
      if (summaryOf(audits).failed > 0) throw new Failed();
    });
  } finally {
    await Promise.all([...fakes.values()].map((fake) => fake.close()));
  }
}

async function startFake(
  platform: Platform,
  { fakes, failed }: { fakes: Map<string, Fake>; failed: Map<string, string> },
): Promise<void> {
  try {
    const fake = await (await platform.loadFake?.())?.startFake();
    if (fake) fakes.set(platform.id, fake);
    else if (platform.id !== 'embedded') failed.set(platform.id, 'it has no fake: run it with --live');
  } catch (error) {
    failed.set(
      platform.id,
      `its fake does not start: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly notRun: number;
}

export function summaryOf(audits: readonly PlatformAudit[]): Summary {
  const checks = audits.flatMap((one) => one.checks);
  return {
    passed: checks.filter((one) => one.state === 'passed').length,
    failed: checks.filter((one) => one.state === 'failed').length,
    notRun: audits.filter((one) => one.notRun).length,
  };
}

function linesOf(audits: readonly PlatformAudit[]): string {
  const rows = audits.flatMap(({ platform, against, checks, notRun }) =>
    notRun
      ? [[platform, '—', 'not run', null, notRun]]
      : checks.map((one) => [
          platform,
          one.id,
          one.state,
          `${one.durationMs} ms`,
          one.error ? `${one.error.code}: ${one.error.message}` : against,
        ]),
  );
  const { passed, failed, notRun } = summaryOf(audits);
  return `${table(['platform', 'check', 'result', 'took', ''], rows)}\n\n${passed} passed, ${failed} failed, ${notRun} platforms not run`;
}
