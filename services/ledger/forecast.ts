/** How far a counter has come, with a mark of where it was a while ago. */
export interface Pace {
  readonly now: number;
  readonly max: number;
  readonly total: number;
  readonly pastMs: number;
  readonly pastUnits: number;
  /** Distance of the marks. */
  readonly markMs: number;
  readonly endsMs: number;
}

/** A mark every eighth of the window; a total, which has no length, is looked at by the day. */
export function markDistance(startsMs: number, endsMs: number): number {
  const length = endsMs - startsMs;
  return Number.isFinite(length) ? Math.max(1, Math.floor(length / 8)) : 86_400_000;
}

/** When the wall is hit at the pace since the mark; null when the window turns first. */
export function wallAt({ now, max, total, pastMs, pastUnits, markMs, endsMs }: Pace): number | null {
  if (total >= max) return now;
  // a burst in a window's first moments is no pace yet
  const elapsed = Math.max(now - pastMs, markMs / 4);
  const perMs = (total - pastUnits) / elapsed;
  if (perMs <= 0) return null;
  const wall = now + (max - total) / perMs;
  return wall < endsMs ? Math.round(wall) : null;
}
