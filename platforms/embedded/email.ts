import { createHash } from 'node:crypto';
import { type Call, type Host, SocleError, type Sql } from '@socle/kernel';
import type { EmailPort, Message } from '@socle/port-email';
import { isId } from './mailbox/ids.ts';
import { createMailboxNotice } from './mailbox/notice.ts';

/** Who sends when the application does not say. Nothing leaves this machine. */
export const EMBEDDED_SENDER = 'Socle <no-reply@localhost.localdomain>';

interface StoredRow {
  readonly id: string;
  readonly accepted_at: Date;
  readonly fingerprint: Buffer;
}

interface StateRow {
  readonly visible_at: Date;
  readonly cancelled_at: Date | null;
  readonly recipients: string[];
  readonly subject: string;
}

/** Keeps messages in PostgreSQL, where the mailbox shows them. The idempotency key is unique there. */
export function create(_settings: object, host: Host): EmailPort {
  const { sql } = host.local();
  const notice = createMailboxNotice(sql);

  return {
    send: async (message, call) => {
      refuse(message, call);
      const fingerprint = createHash('sha256').update(JSON.stringify(message)).digest();
      const inserted = await insert(sql, {
        message,
        fingerprint,
        key: call.idempotencyKey,
        now: host.clock.now(),
      });
      if (inserted) notice();
      const stored = inserted ?? (await findByKey(sql, call.idempotencyKey));
      if (!stored.fingerprint.equals(fingerprint)) {
        throw new SocleError('conflict', 'this idempotency key was used for another message', {
          applied: 'no',
        });
      }
      return { messageId: stored.id, acceptedAt: stored.accepted_at.toISOString() };
    },

    get: async ({ messageId }) => {
      const row = await find(sql, messageId);
      const { recipients: to, subject } = row;
      return { messageId, state: stateOf(row, host.clock.now()), to, subject };
    },

    cancel: async ({ messageId }, call) => {
      call.signal.throwIfAborted();
      const now = host.clock.now();
      if (isId(messageId)) {
        await sql.query(
          `update socle_embedded.messages set cancelled_at = $2
           where id = $1 and visible_at > $2 and cancelled_at is null`,
          [messageId, now],
        );
      }
      if ((await find(sql, messageId)).cancelled_at) return { messageId };
      throw new SocleError('precondition_failed', 'the message has left already', { applied: 'no' });
    },
  };
}

/** PostgreSQL text holds no NUL. */
function refuse(message: Message, { signal }: Call): void {
  if (signal.aborted) throw new SocleError('cancelled', 'cancelled before it started', { applied: 'no' });
  if (JSON.stringify(message).includes('\\u0000')) {
    throw new SocleError('invalid_argument', 'a message must not contain the character NUL', {
      applied: 'no',
    });
  }
}

async function insert(
  sql: Sql,
  given: { message: Message; fingerprint: Buffer; key: string; now: Date },
): Promise<StoredRow | undefined> {
  const { message, fingerprint, key, now } = given;
  const files = message.attachments ?? [];
  const scheduled = message.scheduledAt === undefined ? now : new Date(message.scheduledAt);
  const [row] = await sql.query<StoredRow>(
    `with stored as (
       insert into socle_embedded.messages (idempotency_key, fingerprint, sender, recipients, cc, bcc, reply_to,
         subject, body_text, body_html, headers, accepted_at, visible_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, greatest($12, $13::timestamptz))
       on conflict (idempotency_key) do nothing
       returning id, accepted_at, fingerprint
     ), files as (
       insert into socle_embedded.message_attachments (message_id, position, filename, content_type, content)
       select stored.id, file.position, file.filename, file.content_type, decode(file.base64, 'base64')
       from stored, unnest($14::text[], $15::text[], $16::text[]) with ordinality
         as file (filename, content_type, base64, position)
     )
     select * from stored`,
    [
      key,
      fingerprint,
      message.from ?? EMBEDDED_SENDER,
      message.to,
      message.cc ?? [],
      message.bcc ?? [],
      message.replyTo ?? [],
      message.subject,
      message.text ?? null,
      message.html ?? null,
      JSON.stringify(message.headers ?? {}),
      now,
      scheduled,
      files.map((file) => file.filename),
      files.map((file) => file.contentType ?? 'application/octet-stream'),
      files.map((file) => file.contentBase64),
    ],
  );
  return row;
}

async function findByKey(sql: Sql, key: string): Promise<StoredRow> {
  const [row] = await sql.query<StoredRow>(
    'select id, accepted_at, fingerprint from socle_embedded.messages where idempotency_key = $1',
    [key],
  );
  // purged between the two statements: sending it again is right, so the caller may
  return row ?? raise('unavailable', 'the message was removed at this very moment');
}

async function find(sql: Sql, messageId: string): Promise<StateRow> {
  if (!isId(messageId)) return raise('not_found', 'no such message');
  const [row] = await sql.query<StateRow>(
    'select visible_at, cancelled_at, recipients, subject from socle_embedded.messages where id = $1',
    [messageId],
  );
  return row ?? raise('not_found', 'no such message');
}

function stateOf(row: StateRow, now: Date): 'cancelled' | 'scheduled' | 'delivered' {
  if (row.cancelled_at) return 'cancelled';
  return row.visible_at > now ? 'scheduled' : 'delivered';
}

function raise(code: 'not_found' | 'unavailable', message: string): never {
  throw new SocleError(code, message, { applied: 'no' });
}
