import { type Host, isSocleError, SocleError } from '@socle/kernel';
import { Resend, type Response as ResendResponse } from 'resend';
import { ResendRefusal, toError } from './errors.ts';
import type { Settings } from './settings.ts';

const API = 'https://api.resend.com';

/**
 * The official SDK on egress: it takes no `fetch` (6.38.0), so its one request method is replaced. The
 * SDK's own would swallow every network failure into an answer without a cause.
 */
class EgressResend extends Resend {
  readonly #fetch: typeof fetch;

  constructor({ apiKey, baseUrl = API }: Settings, host: Host) {
    // never undefined: the SDK would look into the process's environment
    super(apiKey, { baseUrl: baseUrl.replace(/\/+$/, ''), userAgent: 'socle' });
    this.#fetch = host.fetch;
  }

  override async fetchRequest<T>(path: string, options: RequestInit = {}): Promise<ResendResponse<T>> {
    const response = await this.#fetch(`${this.baseUrl}${path}`, options);
    const body = parse(await response.text());
    const { headers, status } = response;
    if (!response.ok) throw new ResendRefusal(status, isObject(body) ? body : {}, headers);
    if (!isObject(body))
      throw new SocleError('vendor_contract', `Resend answered HTTP ${status} without JSON`);
    return { data: body as T, error: null, headers: Object.fromEntries(headers) };
  }
}

export function createClient(settings: Settings, host: Host): Resend {
  return new EgressResend(settings, host);
}

/** A key with sending access alone may not list domains; that refusal proves it as well. */
export async function verify(settings: Settings, host: Host, signal: AbortSignal): Promise<void> {
  try {
    await createClient(settings, host).get('/domains', { signal });
  } catch (thrown) {
    const error = isSocleError(thrown) ? thrown : toError(thrown);
    if (error.details.vendor?.code !== 'restricted_api_key') throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
