import { isSocleError, type Sql } from '@socle/kernel';
import { email } from '@socle/port-email';
import { type PaymentSucceeded, paymentEvents, payments } from '@socle/port-payments';
import { defineFlow } from '@socle/service-flows';
import { z } from 'zod';
import { receiptMessage } from './receipt.ts';

const Found = z.object({ email: z.string().nullable() });
/** `messageId` is not there when nothing was sent, nor when a person could only say that it was. */
const Outcome = z.object({ messageId: z.string().optional() }).nullable();

/** Keeps every payment and thanks for it. */
export const paymentReceipt = defineFlow({
  id: 'payment-receipt',
  title: { en: 'Payment receipt', fr: 'Reçu de paiement' },
  on: { event: 'payment.succeeded', data: paymentEvents['payment.succeeded'] },
  emits: ['receipt.sent'],
  steps: [
    {
      id: 'record-payment',
      title: { en: 'Record the payment', fr: 'Enregistrer le paiement' },
      kind: 'database',
      run: async ({ event, sql }) => {
        await recordPayment(sql, { payment: event.data, paidAt: event.time });
        return { paymentId: event.data.paymentId };
      },
    },
    {
      id: 'find-address',
      title: { en: 'Find the payer’s address', fr: 'Trouver l’adresse du payeur' },
      kind: 'call',
      uses: 'payments.getCustomer',
      run: async ({ event, call }) => {
        const { email: known, customerId } = event.data;
        if (known !== null || customerId === null) return { email: known };
        try {
          return { email: (await call(payments, 'getCustomer', { customerId })).email };
        } catch (error) {
          if (isSocleError(error) && error.code === 'not_found') return { email: null };
          throw error;
        }
      },
    },
    {
      id: 'send-receipt',
      title: { en: 'Send the receipt', fr: 'Envoyer le reçu' },
      kind: 'call',
      uses: 'email.send',
      run: ({ event, call, result }) => {
        const { email: to } = result('find-address', Found);
        if (to === null || !z.email().safeParse(to).success) {
          return Promise.resolve({ skipped: 'no e-mail address' });
        }
        return call(email, 'send', receiptMessage({ payment: event.data, paidAt: new Date(event.time), to }));
      },
    },
    {
      id: 'announce',
      title: { en: 'Announce it', fr: 'L’annoncer' },
      kind: 'local',
      run: ({ event, result, emit }) => {
        const messageId = result('send-receipt', Outcome)?.messageId;
        if (messageId === undefined) return { announced: false };
        const { paymentId } = event.data;
        emit({ type: 'receipt.sent', subject: paymentId, data: { paymentId, messageId } });
        return { announced: true };
      },
    },
  ],
});

async function recordPayment(
  sql: Sql,
  { payment, paidAt }: { payment: PaymentSucceeded; paidAt: string },
): Promise<void> {
  await sql.query(
    `insert into public.payments (payment_id, amount_minor, currency, email, customer_id, description, paid_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (payment_id) do update
     set amount_minor = excluded.amount_minor, currency = excluded.currency,
       email = coalesce(excluded.email, payments.email),
       customer_id = coalesce(excluded.customer_id, payments.customer_id),
       description = excluded.description`,
    [
      payment.paymentId,
      payment.amountMinor,
      payment.currency,
      payment.email,
      payment.customerId,
      payment.description,
      paidAt,
    ],
  );
}
