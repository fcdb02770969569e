import { field } from '@socle/kernel';
import { z } from 'zod';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const flag = z.enum(['0', '1']).transform((value) => value === '1');

const publicUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL such as https://app.example.com' })
  .refine(
    (value) => !value.startsWith('http:') || LOOPBACK.has(new URL(value).hostname),
    'must be https: beyond this machine nothing is served in the clear',
  )
  .transform((value) => value.replace(/\/+$/, ''));

/** What Socle itself needs; platforms and modules bring their own settings. */
export const coreSettings = z.object({
  port: field(z.coerce.number('must be a number').int().min(0).max(65_535).default(5000), {
    title: { en: 'Port', fr: 'Port' },
    help: {
      en: 'Port of the HTTP server; 0 takes any free one.',
      fr: 'Port du serveur HTTP ; 0 en prend un libre.',
    },
    env: 'PORT',
    example: '5000',
  }),
  listen: field(z.string().default('127.0.0.1'), {
    title: { en: 'Listening address', fr: "Adresse d'écoute" },
    help: {
      en: 'Address that the HTTP server binds. Keep loopback behind a reverse proxy; 0.0.0.0 in a container.',
      fr: "Adresse d'écoute du serveur HTTP. Gardez la boucle locale derrière un proxy ; 0.0.0.0 en conteneur.",
    },
    env: 'SOCLE_LISTEN',
    example: '127.0.0.1',
  }),
  publicBaseUrl: field(publicUrl.optional(), {
    title: { en: 'Public address', fr: 'Adresse publique' },
    help: {
      en: 'Where browsers and vendors reach this server. Default: http://localhost and the port.',
      fr: 'Adresse où navigateurs et fournisseurs atteignent ce serveur. Par défaut : http://localhost et le port.',
    },
    env: 'PUBLIC_BASE_URL',
    example: 'https://app.example.com',
  }),
  home: field(z.string().default('.socle'), {
    title: { en: 'State folder', fr: "Dossier d'état" },
    help: {
      en: 'Folder for the embedded database, files and logs of this machine.',
      fr: 'Dossier de la base embarquée, des fichiers et des journaux de cette machine.',
    },
    env: 'SOCLE_HOME',
    example: '.socle',
  }),
  databaseUrl: field(z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }).optional(), {
    title: { en: 'Database', fr: 'Base de données' },
    help: {
      en: 'Any PostgreSQL 15 or newer. Unset: an embedded PostgreSQL in the state folder.',
      fr: "N'importe quel PostgreSQL 15 ou plus. Absent : un PostgreSQL embarqué dans le dossier d'état.",
    },
    env: 'DATABASE_URL',
    secret: true,
    example: 'postgres://user:password@localhost:5432/app',
  }),
  masterKey: field(z.string().min(32, 'must have at least 32 characters').optional(), {
    title: { en: 'Master key', fr: 'Clé maîtresse' },
    help: {
      en: 'Encrypts the vault: at least 32 random characters (openssl rand -base64 32). Unset: made once and kept in the state folder.',
      fr: "Chiffre le coffre : au moins 32 caractères aléatoires (openssl rand -base64 32). Absente : créée une fois et gardée dans le dossier d'état.",
    },
    env: 'SOCLE_MASTER_KEY',
    secret: true,
  }),
  live: field(flag.default(false), {
    title: { en: 'Live keys', fr: 'Clés réelles' },
    help: {
      en: 'Set to 1 to accept keys that move real money.',
      fr: 'Mettez 1 pour accepter des clés qui déplacent de vrais fonds.',
    },
    env: 'SOCLE_LIVE',
    example: '1',
  }),
  logLevel: field(z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'), {
    title: { en: 'Log level', fr: 'Niveau des journaux' },
    help: {
      en: 'The least important line that is written: debug, info, warn, error or silent.',
      fr: 'La ligne la moins importante qui est écrite : debug, info, warn, error ou silent.',
    },
    env: 'SOCLE_LOG_LEVEL',
    example: 'info',
  }),
});

export type CoreSettings = z.output<typeof coreSettings>;
