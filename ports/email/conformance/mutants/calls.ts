import { type Call, SocleError } from '@socle/kernel';
import type { Message } from '../../message.ts';
import { Reference } from '../reference.ts';
import type { Mutant } from './mutant.ts';

export const callMutants: readonly Mutant[] = [
  {
    wrong: 'ignores the idempotency key',
    noticedBy: /^a repeated key|^the same key at the same time|^drill: a line cut/,
    adapter: class extends Reference {
      override send(message: Message, call: Call) {
        return super.send(message, { ...call, idempotencyKey: crypto.randomUUID() });
      }
    },
  },
  {
    wrong: 'looks the key up before it waits',
    noticedBy: /^the same key at the same time/,
    adapter: class extends Reference {
      override async send(message: Message, call: Call) {
        const known = this.keys.get(call.idempotencyKey);
        await new Promise(setImmediate);
        if (!known) this.keys.delete(call.idempotencyKey);
        return super.send(message, call);
      }
    },
  },
  {
    wrong: 'gives the old receipt for another message',
    noticedBy: /^a key used for another message/,
    adapter: class extends Reference {
      override async send(message: Message, call: Call) {
        const known = this.keys.get(call.idempotencyKey);
        return known
          ? { messageId: known.id, acceptedAt: '2026-11-21T00:00:00.000Z' }
          : super.send(message, call);
      }
    },
  },
  {
    wrong: 'takes equal messages for one',
    noticedBy: /^equal messages/,
    adapter: class extends Reference {
      override store(message: Message) {
        const same = this.stored.find((one) => one.arrived.subject === message.subject);
        return same?.id ?? super.store(message);
      }
    },
  },
  {
    wrong: 'answers as if an unknown message were accepted',
    noticedBy: /^status: an unknown message/,
    adapter: class extends Reference {
      override async get({ messageId }: { messageId: string }) {
        const found = this.stored.find((one) => one.id === messageId);
        return found?.sent ?? { messageId, state: 'accepted' as const, to: [], subject: '' };
      }
    },
  },
  {
    wrong: 'says cancelled after the message left',
    noticedBy: /^scheduling: what has left/,
    adapter: class extends Reference {
      override async cancel({ messageId }: { messageId: string }) {
        this.find(messageId);
        return { messageId };
      }
    },
  },
  {
    wrong: 'sends at once what it cannot schedule',
    noticedBy: /^scheduling: undeclared/,
    declares: { capabilities: ['status'] },
    adapter: class extends Reference {
      override async cancel(): Promise<never> {
        throw new SocleError('unsupported', 'no scheduling');
      }
    },
  },
  {
    wrong: 'declares no status, but answers something',
    noticedBy: /^status: undeclared/,
    declares: { capabilities: ['scheduling'] },
    adapter: Reference,
  },
  {
    wrong: 'ignores the caller’s abort',
    noticedBy: /^an aborted call|^drill: a vendor that hangs/,
    adapter: class extends Reference {
      override send(message: Message, call: Call) {
        return super.send(message, { ...call, signal: new AbortController().signal });
      }
    },
  },
  {
    wrong: 'takes a cut line for “nothing happened”',
    noticedBy: /^drill: a line cut/,
    adapter: class extends Reference {
      override send(message: Message, call: Call) {
        return super.send(message, call).catch((error: SocleError) => {
          throw error.code === 'unavailable' ? error.with({ applied: 'no' }) : error;
        });
      }
    },
  },
  {
    wrong: 'takes a bad gateway for success',
    noticedBy: /^drill: an answer that is not/,
    adapter: class extends Reference {
      override async line(call: Call) {
        this.strikes('html-502');
        return super.line(call);
      }
    },
  },
  {
    wrong: 'hides the vendor’s waiting time',
    noticedBy: /^drill: a rate limit/,
    adapter: class extends Reference {
      override async line(call: Call) {
        return super.line(call).catch((error: SocleError) => {
          throw new SocleError(
            error.code,
            error.message,
            error.details.applied ? { applied: error.details.applied } : {},
          );
        });
      }
    },
  },
  {
    wrong: 'logs its key',
    noticedBy: /^secrets/,
    adapter: class extends Reference {
      override send(message: Message, call: Call) {
        this.lines.push('Authorization: Bearer re_reference_canary');
        return super.send(message, call);
      }
    },
  },
  {
    wrong: 'throws what it does not know',
    noticedBy: /^any thrown value/,
    adapter: class extends Reference {
      override toError(thrown: unknown) {
        if (thrown instanceof Error) return super.toError(thrown);
        throw thrown;
      }
    },
  },
  {
    wrong: 'keeps the message under way in one place for all calls',
    noticedBy: /^many at once/,
    adapter: class extends Reference {
      underWay: Message | undefined;
      override async line(call: Call) {
        await super.line(call);
        await new Promise(setImmediate);
      }
      override send(message: Message, call: Call) {
        this.underWay = message;
        return super.send(message, call);
      }
      override store(message: Message) {
        return super.store(this.underWay ?? message);
      }
    },
  },
  {
    wrong: 'reads back another subject',
    noticedBy: /^status: what was sent/,
    adapter: class extends Reference {
      override async get(input: { messageId: string }) {
        return { ...(await super.get(input)), subject: '' };
      }
    },
  },
  {
    wrong: 'takes a refused connection for an unknown outcome',
    noticedBy: /^drill: a refused connection/,
    adapter: class extends Reference {
      override async line(call: Call) {
        if (this.strikes('refused')) throw new SocleError('unavailable', 'lost');
        return super.line(call);
      }
    },
  },
];
