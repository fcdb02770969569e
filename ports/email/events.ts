import { z } from 'zod';

const base = z.object({ messageId: z.string(), to: z.array(z.string()), subject: z.string().optional() });

/** What became of a message, told by the transport. */
export const emailEvents = {
  'email.delivered': base,
  'email.bounced': base.extend({ reason: z.string().optional() }),
  'email.complained': base,
  'email.failed': base.extend({ reason: z.string().optional() }),
  'email.opened': base,
  'email.clicked': base.extend({ link: z.string().optional() }),
} as const;
