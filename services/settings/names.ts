import type { Fault, Platform } from '@socle/kernel';
import { fieldsOf, type Port } from '@socle/kernel';
import { coreSettings } from './core.ts';

export const POLICIES = ['fail', 'next', 'defer'] as const;
export type Policy = (typeof POLICIES)[number];

const upper = (id: string): string => id.toUpperCase().replaceAll('-', '_');

export const chainEnv = (port: string): string => `SOCLE_${upper(port)}`;
export const policyEnv = (port: string): string => `SOCLE_${upper(port)}_POLICY`;
export const planEnv = (platform: string): string => `${upper(platform)}_PLAN`;

/** Every port that some platform has an adapter for, in the platforms' order. */
export function portsOf(platforms: readonly Platform[]): ReadonlyMap<string, Port> {
  return new Map(platforms.flatMap((one) => one.adapters.map(({ port }) => [port.id, port] as const)));
}

/** Every env name that means something here. */
export function knownNames(platforms: readonly Platform[]): ReadonlySet<string> {
  return new Set([
    ...fieldsOf(coreSettings).map((one) => one.env),
    ...[...portsOf(platforms).keys()].flatMap((port) => [chainEnv(port), policyEnv(port)]),
    ...platforms.flatMap((one) => [planEnv(one.id), ...fieldsOf(one.settings).map((each) => each.env)]),
  ]);
}

/** Names that this process gets from tools around it and that look like ours. */
const FOREIGN = /^SOCLE_(TEST|BENCH)_/;

/** Names in the environment that are almost, but not quite, a setting. */
export function misspelt(values: Readonly<Record<string, string>>, known: ReadonlySet<string>): Fault[] {
  return Object.keys(values)
    .filter((name) => !known.has(name) && !FOREIGN.test(name))
    .flatMap((name) => {
      const meant = nearest(
        name,
        [...known].filter((one) => !(one in values)),
      );
      if (meant) return [{ field: name, problem: 'is not a setting', fix: `Did you mean ${meant}?` }];
      return name.startsWith('SOCLE_')
        ? [{ field: name, problem: 'is not a setting', fix: 'Remove it, or look it up with socle doctor.' }]
        : [];
    });
}

/** The known name that `name` was probably meant to be. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const bare = (one: string): string => one.toUpperCase().replaceAll('_', '');
  const ranked = known
    .map((one) => ({ one, distance: bare(one) === bare(name) ? 0 : edits(one, name.toUpperCase()) }))
    // two letters of a short word make another word
    .filter(({ one, distance }) => distance === 0 || (one.length >= 8 && distance <= 2))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.one;
}

/** Letters to insert, delete, replace or swap (optimal string alignment). */
function edits(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY;
  let [before, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
