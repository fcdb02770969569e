import type { Plan } from '@socle/kernel';

/** SMTP itself counts nothing, and each provider's limits are its own. */
export const plans: readonly Plan[] = [
  {
    id: 'own-server',
    title: 'Any SMTP server',
    source: 'https://www.rfc-editor.org/rfc/rfc5321',
    checkedOn: '2026-11-21',
    maxAgeDays: 3650,
    confirmed: true,
    onExceed: 'stop',
    meters: [],
  },
];
