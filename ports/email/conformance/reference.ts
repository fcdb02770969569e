import { type Call, isSocleError, SocleError } from '@socle/kernel';
import type { EmailPort } from '../contract.ts';
import type { Message, Sent } from '../message.ts';
import { type Arrived, type EmailHarness, type EmailSuite, mailboxOf, type NetworkFault } from './harness.ts';

interface Stored {
  readonly id: string;
  readonly arrived: Arrived;
  readonly sent: Sent;
}

const SENDER = 'Reference <no-reply@example.com>';
const SECRET = 're_reference_canary';

/** A right adapter with a vendor in memory: what the suite's own test breaks on purpose. Nothing else uses it. */
export class Reference {
  readonly stored: Stored[] = [];
  readonly keys = new Map<string, { text: string; id: string }>();
  readonly lines: string[] = [];
  fault: NetworkFault | undefined;
  hanging: (() => void) | undefined;

  async send(message: Message, call: Call): Promise<{ messageId: string; acceptedAt: string }> {
    call.signal.throwIfAborted();
    await this.line(call);
    const known = this.keys.get(call.idempotencyKey);
    const text = JSON.stringify(message);
    if (known && known.text !== text)
      throw new SocleError('conflict', 'key used otherwise', { applied: 'no' });
    const id = known?.id ?? this.store(message);
    this.keys.set(call.idempotencyKey, { text, id });
    if (this.strikes('reset-after-body')) throw new SocleError('unavailable', 'cut', { applied: 'unknown' });
    return { messageId: id, acceptedAt: '2026-11-21T00:00:00.000Z' };
  }

  async get({ messageId }: { messageId: string }): Promise<Sent> {
    return this.find(messageId).sent;
  }

  async cancel({ messageId }: { messageId: string }): Promise<{ messageId: string }> {
    const { sent } = this.find(messageId);
    if (sent.state !== 'scheduled' && sent.state !== 'cancelled')
      throw new SocleError('precondition_failed', 'it has left', { applied: 'no' });
    sent.state = 'cancelled';
    return { messageId };
  }

  store(message: Message): string {
    const id = crypto.randomUUID();
    const { to, cc = [], bcc = [], replyTo = [], subject, headers = {}, attachments = [] } = message;
    this.stored.push({
      id,
      sent: { messageId: id, to, subject, state: message.scheduledAt ? 'scheduled' : 'accepted' },
      arrived: {
        from: mailboxOf(message.from ?? SENDER),
        to: to.map(mailboxOf),
        cc: cc.map(mailboxOf),
        bcc: bcc.map(mailboxOf),
        replyTo: replyTo.map(mailboxOf),
        subject,
        text: message.text ?? null,
        html: message.html ?? null,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
        ),
        attachments: attachments.map(({ contentType = 'application/octet-stream', ...one }) => ({
          ...one,
          contentType,
        })),
      },
    });
    return id;
  }

  find(id: string): Stored {
    const found = this.stored.find((one) => one.id === id);
    if (!found) throw new SocleError('not_found', `no message ${id}`);
    return found;
  }

  async line({ signal }: Call): Promise<void> {
    if (this.strikes('hang')) {
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new SocleError('timeout', 'cut off')));
        this.hanging?.();
      });
    }
    if (this.strikes('refused')) throw new SocleError('unavailable', 'refused', { applied: 'no' });
    if (this.strikes('html-502')) throw new SocleError('unavailable', 'bad gateway', { applied: 'unknown' });
    if (this.strikes('rate-limited'))
      throw new SocleError('rate_limited', 'slow down', { retryAfterMs: 2000 });
  }

  strikes(fault: NetworkFault): boolean {
    const isNow = this.fault === fault;
    if (isNow) this.fault = undefined;
    return isNow;
  }

  toError(thrown: unknown): SocleError {
    return isSocleError(thrown) ? thrown : new SocleError('internal', 'reference', {}, thrown);
  }
}

export const referenceSuite = (reference: Reference): EmailSuite => ({
  name: 'reference',
  networked: true,
  capabilities: ['scheduling', 'status'],
  guarantee: 'native',
  start: async () => harnessOf(reference),
});

export function harnessOf(reference: Reference): EmailHarness {
  return {
    adapter: portOf(reference),
    sender: SENDER,
    toError: (thrown) => reference.toError(thrown),
    arrived: async () => reference.stored.map((one) => one.arrived),
    logged: () => reference.lines.join('\n'),
    secrets: [SECRET],
    fault: async (fault) => {
      reference.fault = fault;
      const struck = new Promise<void>((resolve) => {
        reference.hanging = resolve;
      });
      return { struck: () => struck, retryAfterMs: 2000 };
    },
    close: async () => {},
  };
}

function portOf(reference: Reference): EmailPort {
  return {
    send: (message, call) => reference.send(message, call),
    get: (input) => reference.get(input),
    cancel: (input) => reference.cancel(input),
  };
}
