import type { CallRecord, Clock, Log, Sql } from '@socle/kernel';

export interface CallCount {
  readonly port: string;
  readonly operation: string;
  readonly platform: string;
  readonly code: string;
  readonly calls: number;
}

/** What was seen working, kept over restarts: the console's evidence. */
export interface Facts {
  observe(record: CallRecord): void;
  /** Calls of the last 24 hours. */
  recent(): Promise<readonly CallCount[]>;
  saw(subject: string, fact: string): Promise<void>;
  seen(): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
}

const FLUSH_MS = 2000;

/** Counts in memory and writes once in a while: a call costs no round trip. A crash loses two seconds of counts. */
export function createFacts({ sql, clock, log }: { sql: Sql; clock: Clock; log: Log }): Facts {
  let counts = new Map<string, { row: Omit<CallCount, 'calls'> & { hour: string }; calls: number }>();
  let writing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => void flush(), FLUSH_MS);
  timer.unref();

  function flush(): Promise<void> {
    if (counts.size > 0) {
      const rows = [...counts.values()].map(({ row, calls }) => ({ ...row, calls }));
      counts = new Map();
      writing = writing
        .then(() => write(rows))
        .catch((error: unknown) => {
          log.warn({ error: String(error) }, 'call counts were not written');
        });
    }
    return writing;
  }

  async function write(rows: readonly object[]): Promise<void> {
    await sql.query(
      `insert into socle.call_counts (hour, port, operation, platform, code, calls)
       select * from jsonb_to_recordset($1::jsonb)
         as r(hour timestamptz, port text, operation text, platform text, code text, calls bigint)
       on conflict (hour, port, operation, platform, code)
       do update set calls = socle.call_counts.calls + excluded.calls`,
      [JSON.stringify(rows)],
    );
  }

  return {
    observe({ port, operation, platform, error }) {
      const hour = `${clock.now().toISOString().slice(0, 13)}:00:00Z`;
      const code = error?.code ?? 'ok';
      const key = [hour, port, operation, platform, code].join(' ');
      const known = counts.get(key);
      if (known) known.calls += 1;
      else counts.set(key, { row: { hour, port, operation, platform, code }, calls: 1 });
    },
    async recent() {
      await flush();
      return sql.query<CallCount>(
        `select port, operation, platform, code, sum(calls)::int as calls from socle.call_counts
         where hour > $1::timestamptz - interval '24 hours'
         group by port, operation, platform, code`,
        [clock.now()],
      );
    },
    async saw(subject, fact) {
      await sql.query(
        `insert into socle.evidence (subject, fact, seen_at) values ($1, $2, $3)
         on conflict (subject, fact) do update set seen_at = excluded.seen_at`,
        [subject, fact, clock.now()],
      );
    },
    async seen() {
      const rows = await sql.query<{ key: string }>(
        "select subject || ' ' || fact as key from socle.evidence",
      );
      return new Set(rows.map((one) => one.key));
    },
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
