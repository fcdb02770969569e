import { fileURLToPath } from 'node:url';
import { type Clock, type Host, systemClock } from '@socle/kernel';
import { type Arrived, type EmailHarness, mailboxOf } from '@socle/port-email/conformance';
import { createTestDatabase, quiet, type TestDatabase } from '@socle/service-database/testing';
import { create, EMBEDDED_SENDER } from '../email.ts';
import { createMailbox, type MailboxView } from '../mailbox.ts';
import { embedded } from '../platform.ts';

export interface MailboxHarness extends EmailHarness {
  readonly database: TestDatabase;
  readonly host: Host;
  readonly mailbox: MailboxView;
}

/** The embedded adapter on a database of its own. */
export async function startMailboxHarness(clock: Clock = systemClock): Promise<MailboxHarness> {
  const dir = fileURLToPath(new URL('../schema', import.meta.url));
  const database = await createTestDatabase({ migrations: [{ owner: 'embedded', dir }] });
  const host: Host = {
    fetch,
    connect: () => {},
    clock,
    log: quiet,
    local: () => ({
      sql: database.sql,
      listen: database.listen,
      filesDir: '/nonexistent',
      publicBaseUrl: 'http://127.0.0.1',
      selfBaseUrl: 'http://127.0.0.1',
    }),
  };
  const mailbox = createMailbox({ sql: database.sql, clock });
  return {
    adapter: create({}, host),
    sender: EMBEDDED_SENDER,
    toError: embedded.toError,
    arrived: () => readAll(mailbox),
    logged: () => '',
    secrets: [],
    close: () => database.drop(),
    database,
    host,
    mailbox,
  };
}

async function readAll(mailbox: MailboxView): Promise<readonly Arrived[]> {
  const found: Arrived[] = [];
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await mailbox.list(cursor === undefined ? { limit: 7 } : { cursor, limit: 7 });
    for (const { id } of page.items) found.unshift(await read(mailbox, id));
    cursor = page.nextCursor;
  }
  return found;
}

async function read(mailbox: MailboxView, id: string): Promise<Arrived> {
  const { from, to, cc, bcc, replyTo, subject, text, hasHtml, headers, ...rest } = await mailbox.show(id);
  const files = rest.attachments.map((_, position) => mailbox.attachment(id, position));
  return {
    from: mailboxOf(from),
    to: to.map(mailboxOf),
    cc: cc.map(mailboxOf),
    bcc: bcc.map(mailboxOf),
    replyTo: replyTo.map(mailboxOf),
    subject,
    text,
    html: hasHtml ? await mailbox.html(id) : null,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    attachments: (await Promise.all(files)).map(({ content, ...file }) => ({
      ...file,
      contentBase64: Buffer.from(content).toString('base64'),
    })),
  };
}
