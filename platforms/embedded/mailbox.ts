import { type Clock, SocleError, type Sql } from '@socle/kernel';
import { isId } from './mailbox/ids.ts';
import { createMailboxNotice } from './mailbox/notice.ts';

export interface Mail {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly receivedAt: string;
  readonly state: string;
  readonly attachmentCount: number;
}

export interface MailDetail extends Mail {
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly replyTo: readonly string[];
  readonly text: string | null;
  readonly hasHtml: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly {
    readonly filename: string;
    readonly contentType: string;
    readonly sizeBytes: number;
  }[];
}

export interface MailPage {
  readonly items: readonly Mail[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** The mailbox that the embedded platform delivers to, as a person reads it. */
export interface MailboxView {
  /** Newest first; `search` looks in sender, recipients, subject and text. */
  list(query?: {
    readonly search?: string;
    readonly cursor?: string;
    readonly limit?: number;
  }): Promise<MailPage>;
  show(id: string): Promise<MailDetail>;
  /** As it was sent: whoever shows it isolates it. */
  html(id: string): Promise<string>;
  /** `position` counts from 0, as in `attachments`. */
  attachment(
    id: string,
    position: number,
  ): Promise<{ filename: string; contentType: string; content: Uint8Array }>;
  /** Can be undone with `restore` for a week; then upkeep purges it. */
  remove(id: string): Promise<void>;
  restore(id: string): Promise<void>;
}

interface MailRow {
  readonly id: string;
  readonly sender: string;
  readonly recipients: string[];
  readonly cc: string[];
  readonly bcc: string[];
  readonly reply_to: string[];
  readonly subject: string;
  readonly body_text: string | null;
  readonly body_html: string | null;
  readonly headers: Record<string, string>;
  readonly visible_at: Date;
  readonly files: { filename: string; contentType: string; sizeBytes: number }[];
}

const FILES = `(select coalesce(jsonb_agg(jsonb_build_object('filename', filename, 'contentType', content_type,
    'sizeBytes', length(content)) order by position), '[]') from socle_embedded.message_attachments
  where message_id = m.id) as files`;
const IS_SHOWN = 'm.visible_at <= $1 and m.removed_at is null and m.cancelled_at is null';

export function createMailbox({ sql, clock }: { readonly sql: Sql; readonly clock: Clock }): MailboxView {
  const notice = createMailboxNotice(sql);

  async function find(id: string): Promise<MailRow> {
    const [row] = isId(id)
      ? await sql.query<MailRow>(
          `select m.*, ${FILES} from socle_embedded.messages m where ${IS_SHOWN} and m.id = $2`,
          [clock.now(), id],
        )
      : [];
    return row ?? notFound();
  }

  async function mark(id: string, removedAt: Date | null): Promise<void> {
    const rows = isId(id)
      ? await sql.query('update socle_embedded.messages set removed_at = $2 where id = $1 returning 1', [
          id,
          removedAt,
        ])
      : [];
    if (rows.length === 0) notFound();
    notice();
  }

  return {
    list: async ({ search = '', cursor, limit = 50 } = {}) => {
      const after = cursor === undefined ? undefined : readCursor(cursor);
      const rows = await sql.query<MailRow>(
        `select m.id, m.sender, m.recipients, m.subject, m.visible_at, ${FILES}
         from socle_embedded.messages m
         where ${IS_SHOWN}
           and ($2::timestamptz is null or (m.visible_at, m.id) < ($2, $3::uuid))
           and ($4 = '' or concat_ws(E'\\n', m.subject, m.sender, array_to_string(m.recipients, ' '),
             array_to_string(m.cc, ' '), array_to_string(m.bcc, ' '), m.body_text) ilike '%' || $4 || '%')
         order by m.visible_at desc, m.id desc limit $5`,
        [clock.now(), after?.at ?? null, after?.id ?? null, escapeLike(search.trim()), limit + 1],
      );
      const items = rows.slice(0, limit).map(toMail);
      const last = rows[limit - 1];
      return rows.length > limit && last ? { items, nextCursor: writeCursor(last) } : { items };
    },

    show: async (id) => {
      const row = await find(id);
      const { cc, bcc, reply_to: replyTo, body_text: text, headers, files: attachments } = row;
      return {
        ...toMail(row),
        cc,
        bcc,
        replyTo,
        text,
        hasHtml: row.body_html !== null,
        headers,
        attachments,
      };
    },

    html: async (id) => (await find(id)).body_html ?? notFound(),

    attachment: async (id, position) => {
      await find(id);
      const [row] = await sql.query<{ filename: string; contentType: string; content: Buffer }>(
        `select filename, content_type as "contentType", content from socle_embedded.message_attachments
         where message_id = $1 and position = $2`,
        [id, position + 1],
      );
      return row ?? notFound();
    },

    remove: (id) => mark(id, clock.now()),
    restore: (id) => mark(id, null),
  };
}

function toMail(row: MailRow): Mail {
  const { id, sender: from, recipients: to, subject, visible_at, files } = row;
  const receivedAt = visible_at.toISOString();
  return { id, from, to, subject, receivedAt, state: 'delivered', attachmentCount: files.length };
}

function writeCursor({ visible_at, id }: MailRow): string {
  return Buffer.from(`${visible_at.toISOString()} ${id}`).toString('base64url');
}

function readCursor(cursor: string): { at: Date; id: string } {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const at = new Date(time);
  if (isId(id) && !Number.isNaN(at.getTime())) return { at, id };
  throw new SocleError('invalid_argument', 'the cursor is not one of ours');
}

function escapeLike(text: string): string {
  return text.replaceAll('\u0000', '').replace(/[\\%_]/g, '\\$&');
}

function notFound(): never {
  throw new SocleError('not_found', 'no such message');
}
