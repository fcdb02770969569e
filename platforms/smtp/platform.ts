import { defineAdapter, definePlatform } from '@socle/kernel';
import { email } from '@socle/port-email';
import { toError } from './errors.ts';
import { plans } from './plan.ts';
import { type Settings, serverOf, settings } from './settings.ts';

export const smtp = definePlatform({
  id: 'smtp',
  title: 'SMTP',
  summary: { en: 'E-mail through any mail server', fr: 'E-mail par n’importe quel serveur de messagerie' },
  docs: 'https://www.rfc-editor.org/rfc/rfc5321',
  settings,
  hosts: (value) => {
    const { host, port } = serverOf(value);
    return [`${host}:${port}`];
  },
  plans,
  adapters: [
    defineAdapter<typeof email, Settings>({
      port: email,
      capabilities: [],
      guarantees: { send: 'none' },
      load: () => import('./email.ts'),
    }),
  ],
  verify: async (value, host, signal) => {
    const { withSession } = await import('./session.ts');
    await withSession({ server: serverOf(value), host, signal }, async () => undefined);
  },
  toError,
  loadAudit: () => import('./audit.ts'),
  loadFake: () => import('./fake.ts'),
});
