import { bare, type EmailInput } from './input.ts';
import { Refusal } from './refusal.ts';

export interface StoredEmail extends EmailInput {
  readonly id: string;
  readonly createdAt: Date;
  lastEvent: string;
}

export type Tell = (type: string, email: StoredEmail, extra?: object) => void;

/** Resend's own addresses for trying, and what they make happen. */
const SINKS: Readonly<Record<string, { readonly event: string; readonly extra?: object }>> = {
  'bounced@resend.dev': {
    event: 'bounced',
    extra: { bounce: { type: 'Permanent', subType: 'General', message: 'The recipient does not exist.' } },
  },
  'complained@resend.dev': { event: 'complained' },
  'suppressed@resend.dev': {
    event: 'suppressed',
    extra: { suppressed: { type: 'bounce', message: 'The recipient is on the suppression list.' } },
  },
};

/** The team's e-mails and what they used of its quotas, one unit for each To, Cc and Bcc address. */
export function createState({
  now,
  tell,
  quotas,
}: {
  readonly now: () => Date;
  readonly tell: Tell;
  readonly quotas: { readonly day: number; readonly month: number };
}) {
  const emails: StoredEmail[] = [];
  const used: { readonly at: string; readonly units: number }[] = [];

  const usedSince = (prefix: string): number =>
    used.filter((one) => one.at.startsWith(prefix)).reduce((sum, one) => sum + one.units, 0);

  function count(units: number): void {
    const at = now().toISOString();
    if (usedSince(at.slice(0, 7)) + units > quotas.month)
      throw new Refusal(429, 'monthly_quota_exceeded', 'You have reached your monthly email quota.');
    if (usedSince(at.slice(0, 10)) + units > quotas.day)
      throw new Refusal(429, 'daily_quota_exceeded', 'You have reached your daily email quota.');
    used.push({ at, units });
  }

  function deliver(email: StoredEmail): void {
    email.lastEvent = 'sent';
    tell('email.sent', email);
    const { event, extra } = SINKS[bare(email.to[0] ?? '')] ?? { event: 'delivered' };
    email.lastEvent = event;
    tell(`email.${event}`, email, extra);
  }

  function find(id: string): StoredEmail {
    const found = emails.find((one) => one.id === id);
    if (!found) throw new Refusal(404, 'not_found', 'Email not found');
    if (found.lastEvent === 'scheduled' && Date.parse(found.scheduled_at ?? '') <= now().getTime())
      deliver(found);
    return found;
  }

  return {
    emails: emails as readonly StoredEmail[],
    /** Units of the current UTC day and month. */
    used: () => {
      const at = now().toISOString();
      return { day: usedSince(at.slice(0, 10)), month: usedSince(at.slice(0, 7)) };
    },
    send(input: EmailInput): object {
      count(input.to.length + input.cc.length + input.bcc.length);
      const isLater = input.scheduled_at !== undefined && Date.parse(input.scheduled_at) > now().getTime();
      const email: StoredEmail = {
        ...input,
        id: crypto.randomUUID(),
        createdAt: now(),
        lastEvent: 'scheduled',
      };
      emails.push(email);
      if (isLater) tell('email.scheduled', email);
      else deliver(email);
      return { id: email.id };
    },
    read(id: string): object {
      const { createdAt, lastEvent, attachments: _, headers: _headers, ...email } = find(id);
      return { object: 'email', ...email, created_at: createdAt.toISOString(), last_event: lastEvent };
    },
    cancel(id: string): object {
      const email = find(id);
      if (email.lastEvent !== 'scheduled')
        throw new Refusal(422, 'validation_error', 'Only scheduled emails can be canceled.');
      email.lastEvent = 'canceled';
      return { object: 'email', id };
    },
  };
}

export type State = ReturnType<typeof createState>;
