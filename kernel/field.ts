import { z } from 'zod';
import type { Fault } from './error.ts';
import type { Text } from './text.ts';

/** What a setting needs so that boot report, console form, `.env.example` and redaction derive from it. */
export interface FieldInfo {
  readonly title: Text;
  /** Says where to find the value. */
  readonly help: Text;
  readonly env: string;
  readonly secret?: boolean;
  readonly example?: string;
  /** Belongs to the whole installation (`SOCLE_LIVE`): its presence alone does not switch a platform on. */
  readonly shared?: boolean;
}

const fields = z.registry<FieldInfo>();

/** Marks a setting. Wrap outermost: `field(z.string().optional(), …)`, never `field(…).optional()`. */
export function field<Schema extends z.ZodType>(schema: Schema, info: FieldInfo): Schema {
  // A copy: two platforms may declare settings of one shared schema (an address), each with its own name.
  const own = schema.clone();
  fields.add(own, info);
  return own;
}

export interface Field extends FieldInfo {
  readonly name: string;
  readonly required: boolean;
  readonly schema: z.ZodType;
}

/** The settings of a schema, in order. Throws when one was declared without {@link field}. */
export function fieldsOf(schema: z.ZodObject): readonly Field[] {
  return Object.entries(schema.shape).map(([name, shape]) => {
    const value = shape as z.ZodType;
    const info = fields.get(value);
    if (!info) throw new Error(`setting "${name}" is not declared with field()`);
    return { ...info, name, schema: value, required: !value.safeParse(undefined).success };
  });
}

export type SettingsResult<Value> =
  | { readonly state: 'ready'; readonly value: Value }
  /** A required setting has no value at all, and nothing that was given is wrong. */
  | { readonly state: 'absent'; readonly missing: readonly string[] }
  | { readonly state: 'faulty'; readonly faults: readonly Fault[] };

type Source = Readonly<Record<string, string | undefined>>;

/**
 * Reads settings by their env names and reports every fault at once.
 * An empty string counts as unset. A platform with nothing set that it requires is `absent`
 * (switched off); one with half of its settings is `faulty`.
 */
export function readSettings<Schema extends z.ZodObject>(
  schema: Schema,
  source: Source,
): SettingsResult<z.output<Schema>> {
  const declared = fieldsOf(schema);
  const given: Record<string, string> = {};
  for (const { name, env } of declared) {
    const value = source[env]?.trim();
    if (value) given[name] = value;
  }
  const required = declared.filter((one) => one.required);
  const own = declared.filter((one) => !one.shared && one.name in given);
  if (required.length > 0 && own.length === 0) {
    return { state: 'absent', missing: required.map((one) => one.env) };
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return { state: 'ready', value: parsed.data };
  return { state: 'faulty', faults: parsed.error.issues.map((issue) => toFault(issue, declared, given)) };
}

function toFault(issue: z.core.$ZodIssue, declared: readonly Field[], given: Record<string, string>): Fault {
  const name = String(issue.path[0] ?? '');
  const found = declared.find((one) => one.name === name);
  const problem = found && !(name in given) ? 'is not set' : issue.message;
  const example = found?.example ? ` Example: ${found.example}` : '';
  return { field: found?.env ?? name, problem, ...(found ? { fix: `${found.help.en}${example}` } : {}) };
}
