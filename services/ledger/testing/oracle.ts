/** What a window is, told a second time and as plainly as can be, so that the ledger is not judged by itself. */
export type OracleLimit = { readonly meter: string; readonly max: number } & (
  | { readonly turn: (at: number) => number }
  | { readonly slidingMs: number }
);

interface Entry {
  readonly meter: string;
  readonly at: number;
  readonly key?: string;
  units: number;
}

export interface OracleCall {
  readonly meter: string;
  readonly units?: number;
  readonly keys?: readonly string[];
}

/** The calls that count, in a list; every question is answered by going through it. */
export class Oracle {
  readonly limits: readonly OracleLimit[];
  readonly entries: Entry[] = [];

  constructor(limits: readonly OracleLimit[]) {
    this.limits = limits;
  }

  used(limit: OracleLimit, now: number): number {
    const counted = this.#counted(limit, now);
    const keys = new Set(counted.flatMap(({ key }) => key ?? []));
    return keys.size + counted.reduce((total, { key, units }) => total + (key === undefined ? units : 0), 0);
  }

  /** Takes the units of a call, or says that a limit is in the way. */
  reserve(calls: readonly OracleCall[], now: number): Entry[] | undefined {
    const fits = calls.every((call) =>
      this.limits
        .filter(({ meter }) => meter === call.meter)
        .every((limit) => {
          const needed = this.#needed(limit, call, now);
          return needed === 0 || this.used(limit, now) + needed <= limit.max;
        }),
    );
    return fits ? this.take(calls, now) : undefined;
  }

  take(calls: readonly OracleCall[], now: number): Entry[] {
    const added = calls.flatMap(({ meter, units = 0, keys }): Entry[] =>
      keys ? keys.map((key) => ({ meter, at: now, key, units: 1 })) : [{ meter, at: now, units }],
    );
    this.entries.push(...added);
    return added;
  }

  #needed(limit: OracleLimit, { units = 0, keys }: OracleCall, now: number): number {
    const known = new Set(this.#counted(limit, now).map(({ key }) => key));
    return keys ? keys.filter((key) => !known.has(key)).length : units;
  }

  #counted(limit: OracleLimit, now: number): Entry[] {
    return this.entries.filter(
      ({ meter, at, units }) =>
        units > 0 &&
        meter === limit.meter &&
        ('turn' in limit ? limit.turn(at) === limit.turn(now) : at > now - limit.slidingMs),
    );
  }
}
