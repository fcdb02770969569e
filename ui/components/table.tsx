import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  cell(row: Row): ReactNode;
  /** Numbers stand on the right. */
  readonly align?: 'end';
  /** Left out when the table stands in a narrow column beside a detail. */
  readonly wideOnly?: boolean;
  readonly className?: string;
}

interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  keyOf(row: Row): string;
  isCurrent?(row: Row): boolean;
}

/**
 * Rows under hairlines with a head that stays. Where its container is narrow, each row becomes a stack of
 * labelled lines. The roles are spelled out because `display` other than table makes browsers forget them.
 */
export function Table<Row>({ caption, columns, rows, keyOf, isCurrent }: TableProps<Row>): ReactNode {
  return (
    <div className="@container">
      {/* biome-ignore-start lint/a11y/noRedundantRoles: not redundant once display is block */}
      <table role="table" aria-label={caption} className="stacking w-full border-collapse text-left">
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.id}
                role="columnheader"
                scope="col"
                className={classNames(
                  'label sticky top-0 z-10 h-8 bg-ground pr-4 align-middle whitespace-nowrap last:pr-0',
                  'shadow-[inset_0_-1px_0_var(--line-strong)]',
                  column.align === 'end' && 'text-right',
                  column.wideOnly && 'wide-only',
                )}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              role="row"
              className={classNames(
                'relative border-b border-line',
                isCurrent?.(row) ? 'row-current' : 'has-[a:hover]:row-wash',
              )}
            >
              {columns.map((column) => (
                <td
                  key={column.id}
                  role="cell"
                  data-title={column.title}
                  className={classNames(
                    'py-2 pr-4 align-top last:pr-0',
                    column.align === 'end' && 'text-right',
                    column.wideOnly && 'wide-only',
                    column.className,
                  )}
                >
                  <div>{column.cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
    </div>
  );
}

/** For the link in a row's first cell: the whole row is its target. */
export const rowLink = 'font-[560] text-ink after:absolute after:inset-0 hover:text-accent';
