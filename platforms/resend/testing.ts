import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Host, readSettings, SocleError, systemClock } from '@socle/kernel';
import { type EmailHarness, mailboxOf, type NetworkFault } from '@socle/port-email/conformance';
import { create } from './email.ts';
import { type ResendFake, startFake } from './fake.ts';
import { resend } from './platform.ts';
import type { Settings } from './settings.ts';

export function settingsOf(env: Readonly<Record<string, string>>): Settings {
  const result = readSettings(resend.settings, env);
  if (result.state !== 'ready') throw new Error(`settings are ${JSON.stringify(result)}`);
  return result.value;
}

/** A host that logs into a list and reaches anything local. */
export function testHost(lines: string[] = [], fetcher: typeof fetch = fetch): Host {
  const line = (fields: object, message: string): void => {
    lines.push(JSON.stringify({ ...fields, message }));
  };
  return {
    fetch: fetcher,
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
  'html-502': 'html-502',
  'rate-limited': 'rate-limited',
} as const;

/** The adapter against the fake, without the plan's limits: the guard that holds them is not part of this harness. */
export async function startResendHarness(): Promise<EmailHarness & { readonly fake: ResendFake }> {
  const none = Number.POSITIVE_INFINITY;
  const fake = await startFake({ requestsPerSecond: none, quotas: { day: none, month: none } });
  const settings = settingsOf(fake.env);
  const closedUrl = await nobodyListens();
  const lines: string[] = [];
  let isRefusing = false;
  const host = testHost(lines, (url, init) => {
    const target = isRefusing ? closedUrl : url;
    isRefusing = false;
    return fetch(target, init);
  });
  return {
    fake,
    adapter: create(settings, host),
    sender: settings.from,
    toError: resend.toError,
    arrived: async () =>
      fake.emails.map(
        ({ from, to, cc, bcc, reply_to, subject, text = null, html = null, headers, attachments }) => ({
          from: mailboxOf(from),
          to: to.map(mailboxOf),
          cc: cc.map(mailboxOf),
          bcc: bcc.map(mailboxOf),
          replyTo: reply_to.map(mailboxOf),
          subject,
          text,
          html,
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
          ),
          attachments: attachments.map(
            ({ filename, content: contentBase64, content_type: contentType = '' }) => ({
              filename,
              contentType,
              contentBase64,
            }),
          ),
        }),
      ),
    logged: () => lines.join('\n'),
    secrets: [settings.apiKey, settings.webhookSecret ?? ''],
    fault: async (fault: NetworkFault) => {
      if (fault === 'refused') isRefusing = true;
      else fake.control.next(FAULTS[fault]);
      return {
        retryAfterMs: 1000,
        struck: async () => {
          while (isRefusing || fake.control.pending() > 0)
            await new Promise((resolve) => setTimeout(resolve, 5));
        },
      };
    },
    close: fake.close,
  };
}

/** A port that was free a moment ago. */
async function nobodyListens(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/`;
}
