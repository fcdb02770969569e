import { defineAdapter, definePlatform } from '@socle/kernel';
import { email } from '@socle/port-email';
import { toError } from './errors.ts';
import { plans } from './plan.ts';
import { type Settings, settings } from './settings.ts';
import { webhook } from './webhook.ts';

export const resend = definePlatform({
  id: 'resend',
  title: 'Resend',
  summary: { en: 'E-mail over HTTP, with delivery events', fr: 'E-mail par HTTP, avec suivi de la remise' },
  docs: 'https://resend.com/docs/api-reference/introduction',
  settings,
  hosts: ({ baseUrl }) => [baseUrl === undefined ? 'api.resend.com' : new URL(baseUrl).host],
  plans,
  adapters: [
    defineAdapter<typeof email, Settings>({
      port: email,
      capabilities: ['scheduling', 'status'],
      guarantees: { send: 'native', cancel: 'natural' },
      nativeKeyHours: 24,
      load: () => import('./email.ts'),
    }),
  ],
  webhook,
  verify: async (value, host, signal) => (await import('./client.ts')).verify(value, host, signal),
  toError,
  loadAudit: () => import('./audit.ts'),
  loadFake: () => import('./fake.ts'),
});
