import { customerRow, type In, type Out } from './catalogue.ts';
import { newToken, refuse, theRow, type Work } from './context.ts';

export interface PortalRow {
  readonly token: string;
  readonly customer_id: string;
  readonly return_url: string;
  readonly expires_at: Date;
}

/** Long enough for a visit, short enough that a link in a browser's history opens nothing later. */
const HOUR_MS = 3_600_000;

export async function createPortal(
  work: Work,
  { customerId, returnUrl }: In<'createPortal'>,
): Promise<Out<'createPortal'>> {
  await customerRow(work, customerId);
  const token = newToken();
  await work.sql.query(
    'insert into socle_embedded.payment_portals (token, customer_id, return_url, expires_at) values ($1, $2, $3, $4)',
    [token, customerId, returnUrl, new Date(work.now.getTime() + HOUR_MS)],
  );
  return { url: `${work.pagesUrl}/portal/${token}` };
}

export async function portalRow({ sql, now }: Work, token: string): Promise<PortalRow> {
  const rows = sql.query<PortalRow>('select * from socle_embedded.payment_portals where token = $1', [token]);
  const row = await theRow(rows, 'billing page');
  if (row.expires_at <= now) throw refuse('not_found', 'this billing page has expired');
  return row;
}
