import type { PlatformAudit } from '../compose/audit.ts';
import type { Overview } from '../console/contract.ts';

interface Report extends Pick<Overview, 'nodes' | 'edges'> {
  readonly audits: readonly PlatformAudit[];
  readonly at: Date;
}

/** The audit as a document: score, checks of each platform, and what feeds what. */
export function toMarkdown({ audits, nodes, edges, at }: Report): string {
  const checks = audits.flatMap((one) => one.checks);
  const passed = checks.filter((one) => one.state === 'passed').length;
  const score = checks.length === 0 ? '—' : `${Math.round((100 * passed) / checks.length)} %`;
  const titleOf = (id: string): string => nodes.find((one) => one.id === id)?.title.en ?? id;
  return [
    '# API audit',
    `${at.toISOString()} · **${score}** · ${passed} of ${checks.length} checks passed · ${audits.filter((one) => one.notRun).length} platforms not run`,
    '## Platforms',
    ...audits.map(section),
    '## Interconnections',
    [
      '| from | to | how |',
      '|---|---|---|',
      ...edges.map(
        ({ from, to, kind, label }) =>
          `| ${titleOf(from)} | ${titleOf(to)} | ${[...new Set([kind, label])].filter(Boolean).join(' ')} |`,
      ),
    ].join('\n'),
    '',
  ].join('\n\n');
}

function section({ title, against, checks, notRun }: PlatformAudit): string {
  if (notRun) return `### ${title}\n\nNot run: ${cell(notRun)}.`;
  const passed = checks.filter((one) => one.state === 'passed').length;
  return [
    `### ${title}\n`,
    `${passed} of ${checks.length} passed, ${against}.\n`,
    '| check | result | took | |',
    '|---|---|---|---|',
    ...checks.map(
      (one) =>
        `| ${cell(one.title.en)} | ${one.state} | ${one.durationMs} ms | ${one.error ? `${one.error.code}: ${cell(one.error.message)}` : ''} |`,
    ),
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
