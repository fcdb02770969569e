import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { type Host, readSettings, SocleError, systemClock } from '@socle/kernel';
import type { Arrived, EmailHarness, Mailbox, NetworkFault } from '@socle/port-email/conformance';
import PostalMime, { type Address } from 'postal-mime';
import { create } from './email.ts';
import { type FakeMail, type SmtpFake, startFake } from './fake.ts';
import { smtp } from './platform.ts';
import type { Settings } from './settings.ts';

export function settingsOf(env: Readonly<Record<string, string>>): Settings {
  const result = readSettings(smtp.settings, env);
  if (result.state !== 'ready') throw new Error(`settings are ${JSON.stringify(result)}`);
  return result.value;
}

export function testHost(lines: string[] = []): Host {
  const line = (fields: object, message: string): void => {
    lines.push(JSON.stringify({ ...fields, message }));
  };
  return {
    fetch,
    connect: () => {},
    clock: systemClock,
    log: { debug: line, info: line, warn: line, error: line },
    local: () => {
      throw new SocleError('misconfigured', 'only for the embedded platform');
    },
  };
}

const FAULTS = {
  hang: 'hang',
  'reset-after-body': 'reset',
  'html-502': 'not-smtp',
  'rate-limited': 'rate-limited',
} as const;

/** The adapter against a real SMTP server; what arrived is read by a parser that we did not write. */
export async function startSmtpHarness(): Promise<EmailHarness & { readonly fake: SmtpFake }> {
  const fake = await startFake();
  const settings = settingsOf(fake.env);
  const lines: string[] = [];
  const host = testHost(lines);
  const working = create(settings, host);
  const unreachable = create({ ...settings, url: `smtp://127.0.0.1:${await nobodyListens()}` }, host);
  let isRefusing = false;
  return {
    fake,
    adapter: {
      ...working,
      send: (message, call) => {
        const adapter = isRefusing ? unreachable : working;
        isRefusing = false;
        return adapter.send(message, call);
      },
    },
    sender: settings.from,
    toError: smtp.toError,
    arrived: () => Promise.all(fake.mails.map(parse)),
    logged: () => lines.join('\n'),
    secrets: [settings.url, 'fake-Socle@password/0'],
    fault: async (fault: NetworkFault) => {
      if (fault === 'refused') isRefusing = true;
      else fake.control.next(FAULTS[fault]);
      return {
        struck: async () => {
          while (isRefusing || fake.control.pending() > 0)
            await new Promise((resolve) => setTimeout(resolve, 5));
        },
      };
    },
    close: fake.close,
  };
}

async function parse({ to: everybody, raw }: FakeMail): Promise<Arrived> {
  const mail = await PostalMime.parse(raw);
  const [to, cc] = [mail.to?.flatMap(mailboxes) ?? [], mail.cc?.flatMap(mailboxes) ?? []];
  const named = new Set([...to, ...cc].map((one) => one.address));
  const [from] = mail.from ? mailboxes(mail.from) : [];
  return {
    from: from ?? { name: '', address: '' },
    to,
    cc,
    bcc: everybody.filter((address) => !named.has(address)).map((address) => ({ name: '', address })),
    replyTo: mail.replyTo?.flatMap(mailboxes) ?? [],
    subject: mail.subject ?? '',
    text: mail.text ?? null,
    html: mail.html ?? null,
    headers: Object.fromEntries(mail.headers.map(({ key, value }) => [key, value])),
    attachments: mail.attachments.map(({ filename, mimeType: contentType, content }) => ({
      filename: filename ?? '',
      contentType,
      contentBase64: Buffer.from(content as ArrayBuffer).toString('base64'),
    })),
  };
}

function mailboxes(one: Address): Mailbox[] {
  return one.group ? one.group : [{ name: one.name, address: one.address ?? '' }];
}

/** A port that was free a moment ago. */
async function nobodyListens(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
