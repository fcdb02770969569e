import { field, isLoopback } from '@socle/kernel';
import { z } from 'zod';

const Url = z
  .string()
  .refine(
    (text) => URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol),
    'must be a redis:// or rediss:// URL',
  )
  .refine(
    (text) =>
      !URL.canParse(text) || new URL(text).protocol === 'rediss:' || isLoopback(new URL(text).hostname),
    'must be rediss:// (TLS) unless the server is on this machine',
  );

export const settings = z.object({
  url: field(Url, {
    title: { en: 'Redis URL', fr: 'URL de Redis' },
    help: {
      en: 'Own server: redis://127.0.0.1:6379. Redis Cloud: Database → Connect. Upstash: Database → TCP.',
      fr: 'Serveur local : redis://127.0.0.1:6379. Redis Cloud : Database → Connect. Upstash : Database → TCP.',
    },
    env: 'REDIS_URL',
    secret: true,
    example: 'rediss://default:password@example.upstash.io:6379',
  }),
  keyPrefix: field(z.string().max(100).default('socle:'), {
    title: { en: 'Key prefix', fr: 'Préfixe des clés' },
    help: {
      en: 'Keeps this application apart from others on the same database.',
      fr: 'Sépare cette application des autres sur la même base.',
    },
    env: 'REDIS_KEY_PREFIX',
    example: 'socle:',
  }),
});

export type Settings = z.output<typeof settings>;
