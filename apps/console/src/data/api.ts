import { type Problem, toProblem } from '@socle/ui';

const BASE = '/api/v1/console';

/** A failed call to the API, as the problem that the server told. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.code);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

export function apiUrl(path: string, params: Readonly<Record<string, string | undefined>> = {}): string {
  const query = new URLSearchParams(
    Object.entries(params).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  return `${BASE}${path}${query.size > 0 ? `?${query}` : ''}`;
}

export async function request<Answer>(url: string, init: RequestInit = {}): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers: { accept: 'application/json', ...init.headers } });
  } catch (thrown) {
    if (init.signal?.aborted) throw thrown;
    throw new ApiError(toProblem(0, undefined));
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw new ApiError(toProblem(response.status, body));
  return body as Answer;
}

export function send<Answer = unknown>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> {
  return request<Answer>(apiUrl(path), {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  });
}

export function problemOf(thrown: unknown): Problem {
  return thrown instanceof ApiError ? thrown.problem : toProblem(500, { detail: String(thrown) });
}
