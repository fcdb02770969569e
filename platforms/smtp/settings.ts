import { field, isLoopback, SocleError } from '@socle/kernel';
import { Address } from '@socle/port-email';
import { z } from 'zod';

export interface Server {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS. */
  readonly isImplicitTls: boolean;
  /** Only there may mail and password travel in clear. */
  readonly isLoopback: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

/** Undefined: not an SMTP URL. Never tells what was in it. */
function readServer(text: string): Server | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  const isImplicitTls = protocol === 'smtps:';
  const rest = pathname.replace(/^\/$/, '') + search + hash;
  if ((!isImplicitTls && protocol !== 'smtp:') || hostname === '' || rest !== '') return undefined;
  try {
    const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
    // a name without password, or the other way round, is a typing error
    if ((user === '') !== (pass === '')) return undefined;
    return {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port) || (isImplicitTls ? 465 : 587),
      isImplicitTls,
      isLoopback: isLoopback(hostname),
      ...(user === '' ? {} : { auth: { user, pass } }),
    };
  } catch {
    return undefined;
  }
}

export const settings = z.object({
  url: field(
    z
      .string()
      .refine(
        (text) => readServer(text) !== undefined,
        'must be smtp://user:password@host:port or smtps://user:password@host:port',
      ),
    {
      title: { en: 'Mail server', fr: 'Serveur de messagerie' },
      help: {
        en: 'Your provider’s help page for “SMTP”. smtps:// encrypts from the start (port 465), smtp:// by STARTTLS (port 587), which is required beyond this machine. Write special characters of the password in percent form (@ as %40).',
        fr: 'La page d’aide « SMTP » de votre fournisseur. smtps:// chiffre dès le début (port 465), smtp:// par STARTTLS (port 587), obligatoire hors de cette machine. Écrivez les caractères spéciaux du mot de passe en pourcent (@ devient %40).',
      },
      env: 'SMTP_URL',
      secret: true,
      example: 'smtps://user:password@mail.example.com:465',
    },
  ),
  from: field(Address, {
    title: { en: 'Sender', fr: 'Expéditeur' },
    help: {
      en: 'Who sends when the application does not say. Your mail server must let this address send.',
      fr: 'Qui envoie quand l’application ne le dit pas. Votre serveur doit accepter cette adresse.',
    },
    env: 'SMTP_FROM',
    example: 'My application <no-reply@example.com>',
  }),
});

export type Settings = z.output<typeof settings>;

export function serverOf({ url }: Settings): Server {
  const server = readServer(url);
  if (server) return server;
  throw new SocleError('misconfigured', 'SMTP_URL is not the URL of a mail server');
}
