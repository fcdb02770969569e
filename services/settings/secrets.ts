import { fieldsOf, type Platform } from '@socle/kernel';
import { coreSettings } from './core.ts';
import { given, type Values } from './source.ts';

/** Env names of every setting that is declared secret. */
export function secretNames(platforms: readonly Platform[]): ReadonlySet<string> {
  return new Set(
    [coreSettings, ...platforms.map((one) => one.settings)]
      .flatMap((schema) => fieldsOf(schema))
      .flatMap((one) => (one.secret ? [one.env] : [])),
  );
}

/** Every secret value that any of the sources holds, with what is secret inside a URL. */
export function secretValues(platforms: readonly Platform[], ...sources: readonly Values[]): string[] {
  const names = secretNames(platforms);
  const values = sources.flatMap((source) =>
    Object.entries(given(source)).flatMap(([name, value]) => (names.has(name) ? [value] : [])),
  );
  return [...new Set(values.flatMap((value) => [value, ...insideUrl(value), ...insideList(value)]))];
}

/** `postgres://user:password@host`: the password alone is a secret too. */
function insideUrl(value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { password } = new URL(value);
  return password ? [password, decodeURIComponent(password)] : [];
}

/** Signing secrets are listed, newest first, while one is rotated. */
function insideList(value: string): string[] {
  return /[,|\s]/.test(value) ? value.split(/[,|\s]+/).filter(Boolean) : [];
}
