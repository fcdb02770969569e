/** What accompanies every port call. */
export interface Call {
  readonly signal: AbortSignal;
  /** Stable over retries and crashes; adapters hand it to vendors that take one. */
  readonly idempotencyKey: string;
  /** Adapters tell the true units of a meter once the vendor said them; otherwise the reservation stands. */
  usage?(units: Readonly<Record<string, number>>): void;
}

export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

type LogLine = (fields: Readonly<Record<string, unknown>>, message: string) => void;

export interface Log {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
}

/** Parameterised SQL only: `text` is a constant, values go into `params`. */
export interface Sql {
  query<Row extends object = Record<string, unknown>>(
    text: string,
    params?: readonly unknown[],
  ): Promise<Row[]>;
  /** Commits when `work` resolves, rolls back when it throws. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

/** What this machine offers to the embedded platform alone. */
export interface Local {
  readonly sql: Sql;
  /** PostgreSQL LISTEN; resolves to the way out. Payloads are at most 8,000 bytes and may be missed while reconnecting. */
  listen(channel: string, onNotice: (payload: string) => void): Promise<() => Promise<void>>;
  /** Absolute path; the platform owns everything below it. */
  readonly filesDir: string;
  /** Where this server answers browsers, without trailing slash. */
  readonly publicBaseUrl: string;
  /** Where this process reaches its own server (loopback). */
  readonly selfBaseUrl: string;
}

/** All that an adapter may touch. No `process.env`, no module-level client. */
export interface Host {
  /** Egress: reaches only the hosts that the platform declares. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * Asks egress for a raw TCP/TLS destination (SMTP, Redis) that is not HTTP.
   * Throws `permission_denied` when the platform does not declare `host:port`.
   */
  connect(host: string, port: number): void;
  readonly clock: Clock;
  readonly log: Log;
  /** Throws `misconfigured` on any platform but the embedded one. */
  local(): Local;
}
