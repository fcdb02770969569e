import { Facts } from '@socle/ui';
import type { ReactNode } from 'react';

/** Headers as they came, names in lower case. */
export function HeaderTable({ headers }: { readonly headers: Readonly<Record<string, string>> }): ReactNode {
  return (
    <Facts
      facts={Object.entries(headers).map(([name, value]) => ({
        name,
        value: <span className="mono break-all">{value}</span>,
      }))}
    />
  );
}
