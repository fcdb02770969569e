import type { ErrorCode, Fault } from '@socle/kernel';
import { errorTexts } from '../texts/errors.ts';

/** What an RFC 9457 problem document of Socle says. */
export interface Problem {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail?: string;
  readonly faults: readonly Fault[];
}

/** Lenient on purpose: an HTML page of some proxy must become a sentence too. */
export function toProblem(status: number, body: unknown): Problem {
  const given = fieldsOf(body);
  const faults = given.faults ?? fieldsOf(given.details).faults;
  const code =
    typeof given.code === 'string' && given.code in errorTexts ? (given.code as ErrorCode) : codeOf(status);
  return {
    code,
    status,
    ...(typeof given.detail === 'string' ? { detail: given.detail } : {}),
    faults: Array.isArray(faults) ? (faults as readonly Fault[]) : [],
  };
}

function fieldsOf(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? value : {};
}

function codeOf(status: number): ErrorCode {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'permission_denied';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  if (status === 0 || status >= 502) return 'unavailable';
  return status >= 500 ? 'internal' : 'invalid_argument';
}
