import { createHash } from 'node:crypto';
import { SocleError } from '@socle/kernel';
import { bareAddress, type Message } from '@socle/port-email';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Envelope } from './session.ts';

/** Written by the composer from the message's own fields; a second one would contradict the first. */
const OURS = /^(from|sender|to|cc|bcc|reply-to|subject|date|message-id|mime-version|content-.*)$/i;

/** The message as it travels. `Bcc` is in the envelope alone. */
export async function compose(
  message: Message,
  given: { readonly sender: string; readonly key: string; readonly now: Date },
): Promise<{ messageId: string; envelope: Envelope; bytes: Buffer }> {
  const {
    from = given.sender,
    to,
    cc = [],
    bcc = [],
    replyTo = [],
    subject,
    text,
    html,
    headers = {},
  } = message;
  const taken = Object.keys(headers).find((name) => OURS.test(name));
  if (taken !== undefined) {
    throw new SocleError('invalid_argument', `the header ${taken} is set by the message itself`, {
      applied: 'no',
    });
  }
  const messageId = messageIdOf(given.key, from);
  const composer = new MailComposer({
    from: parts(from),
    to: to.map(parts),
    cc: cc.map(parts),
    replyTo: replyTo.map(parts),
    subject,
    ...(text === undefined ? {} : { text }),
    ...(html === undefined ? {} : { html }),
    headers,
    messageId,
    date: given.now,
    attachments: (message.attachments ?? []).map(({ filename, contentType, contentBase64 }) => ({
      filename,
      content: Buffer.from(contentBase64, 'base64'),
      contentDisposition: 'attachment' as const,
      ...(contentType === undefined ? {} : { contentType }),
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const recipients = [...new Set([...to, ...cc, ...bcc].map(bareAddress))];
  return {
    messageId,
    envelope: { from: bareAddress(from), to: recipients },
    bytes: await composer.compile().build(),
  };
}

/** The same over repetitions of a call: a receiver that compares them shows the message once. */
export function messageIdOf(key: string, from: string): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 40);
  return `<${digest}@${bareAddress(from).split('@')[1] ?? 'localhost'}>`;
}

/** Taken apart here: nodemailer would read `Doe, Jane <jane@example.com>` as two recipients. */
function parts(address: string): { name: string; address: string } {
  const name = /^\s*(.*?)\s*<[^<>]*>\s*$/.exec(address)?.[1] ?? '';
  const plain = /^"(.*)"$/.exec(name)?.[1]?.replace(/\\(.)/g, '$1') ?? name;
  return { name: plain, address: bareAddress(address) };
}
