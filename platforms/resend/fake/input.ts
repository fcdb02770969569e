import { z } from 'zod';
import { Refusal } from './refusal.ts';

const list = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const Body = z.object({
  from: z.string(),
  to: list,
  cc: list.default([]),
  bcc: list.default([]),
  reply_to: list.default([]),
  subject: z.string(),
  html: z.string().optional(),
  text: z.string().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  scheduled_at: z.string().optional(),
  attachments: z
    .array(z.object({ filename: z.string(), content: z.string(), content_type: z.string().optional() }))
    .default([]),
});

export type EmailInput = z.output<typeof Body>;

const FORMAT =
  'The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.';

/** Reads the body of `POST /emails`, or refuses it in Resend's own words. */
export function readEmail(text: string, domains: readonly string[]): EmailInput {
  const given = parse(text);
  for (const name of ['from', 'to', 'subject'])
    if (given[name] === undefined || given[name] === '')
      throw new Refusal(422, 'missing_required_field', `Missing \`${name}\` field.`);
  const read = Body.safeParse(given);
  if (!read.success) {
    const name = String(read.error.issues[0]?.path[0]);
    throw new Refusal(422, 'validation_error', `Invalid \`${name}\` field.`);
  }
  const email = read.data;
  if (email.text === undefined && email.html === undefined)
    throw new Refusal(422, 'validation_error', 'Missing `html` or `text` field.');
  for (const name of ['to', 'cc', 'bcc', 'reply_to'] as const)
    if (!email[name].every(isAddress))
      throw new Refusal(422, 'validation_error', `Invalid \`${name}\` field. ${FORMAT}`);
  if (email.to.length > 50)
    throw new Refusal(422, 'validation_error', 'The `to` field must not exceed 50 addresses.');
  if (!isAddress(email.from))
    throw new Refusal(422, 'invalid_from_address', `Invalid \`from\` field. ${FORMAT}`);
  const domain = bare(email.from).split('@')[1] ?? '';
  if (!domains.includes(domain)) {
    const message = `The ${domain} domain is not verified. Please, add and verify your domain on https://resend.com/domains`;
    throw new Refusal(403, 'validation_error', message);
  }
  if (email.scheduled_at !== undefined && Number.isNaN(Date.parse(email.scheduled_at)))
    throw new Refusal(422, 'validation_error', 'Invalid `scheduled_at` field.');
  return email;
}

export function bare(address: string): string {
  return (/<([^<>]+)>\s*$/.exec(address)?.[1] ?? address).trim();
}

function isAddress(address: string): boolean {
  return z.email().safeParse(bare(address)).success;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw new Refusal(400, 'validation_error', 'The request body is not valid JSON.');
}
