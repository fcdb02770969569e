import {
  defineAdapter,
  definePlatform,
  field,
  fromTransportFailure,
  fromVendorAnswer,
  isSocleError,
  SocleError,
} from '@socle/kernel';
import { email, recipientCount } from '@socle/port-email';
import { z } from 'zod';

const settings = z.object({
  url: field(z.url(), {
    title: { en: 'URL', fr: 'URL' },
    help: { en: 'Of the vendor', fr: 'Du fournisseur' },
    env: 'CAPPED_BASE_URL',
  }),
});

/** A vendor with a plan of one hundred recipients a day and 250 a month: small enough to be hit from all sides. */
export const CAP = 100;
export const MONTHLY_CAP = 250;

export function cappedPlatform(id: string) {
  return definePlatform({
    id,
    title: id,
    summary: { en: 'Capped', fr: 'Plafonné' },
    docs: 'tests/guard/vendor.ts',
    settings,
    hosts: ({ url }) => [new URL(url).host],
    plans: [
      {
        id: 'capped',
        title: 'Capped',
        source: 'tests/guard/vendor.ts',
        checkedOn: '2026-11-21',
        maxAgeDays: 36_500,
        confirmed: true,
        onExceed: 'ban',
        meters: [
          {
            id: 'recipients',
            kind: 'sum',
            title: { en: 'Recipients', fr: 'Destinataires' },
            unit: { en: 'recipients', fr: 'destinataires' },
            limits: [
              { id: 'day', max: CAP, window: { kind: 'calendar', unit: 'day', timeZone: 'UTC' } },
              { id: 'month', max: MONTHLY_CAP, window: { kind: 'calendar', unit: 'month', timeZone: 'UTC' } },
            ],
            count: ({ operation, input }) =>
              operation === 'send' ? recipientCount(input as Parameters<typeof recipientCount>[0]) : 0,
          },
        ],
      },
    ],
    adapters: [
      defineAdapter<typeof email, z.output<typeof settings>>({
        port: email,
        capabilities: [],
        // takes no idempotency key: whatever arrives twice is a second effect
        guarantees: { send: 'none' },
        load: async () => ({
          create: ({ url }, host) => ({
            async send(message, call) {
              const body = JSON.stringify({
                to: message.to,
                key: call.idempotencyKey,
                subject: message.subject,
              });
              const answer = await host.fetch(`${url}/${id}`, { method: 'POST', body, signal: call.signal });
              if (!answer.ok) throw fromVendorAnswer({ status: answer.status, message: await answer.text() });
              return { messageId: call.idempotencyKey, acceptedAt: new Date().toISOString() };
            },
            get: () => Promise.reject(new SocleError('unsupported', 'no status')),
            cancel: () => Promise.reject(new SocleError('unsupported', 'no cancelling')),
          }),
        }),
      }),
    ],
    verify: async () => {},
    toError: (thrown) =>
      isSocleError(thrown)
        ? thrown
        : (fromTransportFailure(thrown) ?? new SocleError('internal', String(thrown), {}, thrown)),
  });
}
