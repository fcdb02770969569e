import { SocleError } from '@socle/kernel';

/** One page of a list, newest first. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Hand back as `cursor`; absent on the last page. */
  readonly nextCursor?: string;
}

export interface PageRequest {
  readonly cursor?: string | undefined;
  /** 50 when absent, 200 at most. */
  readonly limit?: number | undefined;
}

/** The id below which the page begins, and one row more than asked, which tells whether there is a next page. */
export function pageBounds({ cursor, limit = 50 }: PageRequest): { before: string | null; take: number } {
  return {
    before: cursor === undefined ? null : readId(cursor),
    take: Math.min(Math.max(limit, 1), 200) + 1,
  };
}

export function toPage<Row extends { readonly id: string }, Item>(
  rows: readonly Row[],
  take: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, take - 1);
  const last = shown.at(-1);
  return {
    items: shown.map(toItem),
    ...(rows.length === take && last ? { nextCursor: last.id } : {}),
  };
}

/** Ids are PostgreSQL bigints; anything else a person typed is not found rather than a database error. */
export function readId(text: string): string {
  if (/^\d{1,18}$/.test(text)) return text;
  throw new SocleError('invalid_argument', `"${text.slice(0, 40)}" is not an id`);
}

/** For `like`: the text itself, wherever it stands. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
