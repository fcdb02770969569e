import type { Message } from '../../message.ts';
import { Reference } from '../reference.ts';
import type { Mutant } from './mutant.ts';

export const contentMutants: readonly Mutant[] = [
  {
    wrong: 'forgets the Cc',
    noticedBy: /^To, Cc and Bcc/,
    adapter: class extends Reference {
      override store(message: Message) {
        return super.store({ ...message, cc: [] });
      }
    },
  },
  {
    wrong: 'shows the Bcc in a header',
    noticedBy: /^To, Cc and Bcc/,
    adapter: class extends Reference {
      override store(message: Message) {
        return super.store({ ...message, headers: { ...message.headers, Bcc: (message.bcc ?? []).join() } });
      }
    },
  },
  {
    wrong: 'splits recipients at commas',
    noticedBy: /^a comma, quotes/,
    adapter: class extends Reference {
      override store(message: Message) {
        return super.store({ ...message, to: message.to.flatMap((one) => one.split(', ')) });
      }
    },
  },
  {
    wrong: 'always sends as the configured sender',
    noticedBy: /^without a sender/,
    adapter: class extends Reference {
      override store({ from: _, ...message }: Message) {
        return super.store(message);
      }
    },
  },
  {
    wrong: 'makes a text of the html',
    noticedBy: /^text, html or both/,
    adapter: class extends Reference {
      override store(message: Message) {
        return super.store({ ...message, text: message.text ?? message.html?.replace(/<[^>]+>/g, '') });
      }
    },
  },
  {
    wrong: 'reads attachments as text',
    noticedBy: /^attachments/,
    adapter: class extends Reference {
      override store(message: Message) {
        const attachments = message.attachments?.map((one) => ({
          ...one,
          contentBase64: Buffer.from(Buffer.from(one.contentBase64, 'base64').toString()).toString('base64'),
        }));
        return super.store({ ...message, attachments });
      }
    },
  },
  {
    wrong: 'loses messages',
    noticedBy: /^a message arrives once/,
    adapter: class extends Reference {
      override store(message: Message) {
        const id = super.store(message);
        this.stored.pop();
        return id;
      }
    },
  },
  {
    wrong: 'forgets replyTo',
    noticedBy: /^answers go to replyTo/,
    adapter: class extends Reference {
      override store(message: Message) {
        return super.store({ ...message, replyTo: [] });
      }
    },
  },
  {
    wrong: 'ends the message at a line of one dot',
    noticedBy: /^long lines/,
    adapter: class extends Reference {
      override store(message: Message) {
        return super.store({ ...message, text: message.text?.split('\n.\n')[0] });
      }
    },
  },
  {
    wrong: 'drops headers',
    noticedBy: /^headers of the sender/,
    adapter: class extends Reference {
      override store({ headers: _, ...message }: Message) {
        return super.store(message);
      }
    },
  },
];
