import { type Host, SocleError } from '@socle/kernel';
import type { EmailPort } from '@socle/port-email';
import { compose } from './message.ts';
import { withSession } from './session.ts';
import { type Settings, serverOf } from './settings.ts';

/** SMTP hands over and forgets: no schedule, no status, and no key that would make a repetition harmless. */
export function create(settings: Settings, host: Host): EmailPort {
  const server = serverOf(settings);
  return {
    send: async (message, { signal, idempotencyKey: key }) => {
      if (message.scheduledAt !== undefined) return unsupported('SMTP cannot schedule a message');
      const now = host.clock.now();
      const { messageId, envelope, bytes } = await compose(message, { sender: settings.from, key, now });
      const refused = await withSession({ server, host, signal }, (session) => session.send(envelope, bytes));
      if (refused.length > 0) throw partly(refused.length, envelope.to.length);
      return { messageId, acceptedAt: host.clock.now().toISOString() };
    },
    get: async () => unsupported('SMTP does not tell what became of a message'),
    cancel: async () => unsupported('SMTP cannot take a message back'),
  };
}

function unsupported(message: string): never {
  throw new SocleError('unsupported', message, { applied: 'no' });
}

/** In doubt on purpose: a repetition would reach those twice who were accepted. */
function partly(refused: number, all: number): SocleError {
  const message = `the server refused ${refused} of ${all} recipients and took the message for the others`;
  return new SocleError('declined', message, { applied: 'unknown' });
}
