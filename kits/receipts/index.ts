import { fileURLToPath } from 'node:url';
import type { MigrationSource } from '@socle/service-database';

export { paymentReceipt } from './flow.ts';

export const receiptsMigrations: MigrationSource = {
  owner: 'receipts',
  dir: fileURLToPath(new URL('./schema', import.meta.url)),
};
