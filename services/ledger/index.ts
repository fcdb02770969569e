export {
  createLedger,
  type Ledger,
  type LedgerOptions,
  ledgerMigrations,
  type QuotaWarned,
} from './ledger.ts';
export type { QuotaRow } from './quotas.ts';
export { readSignals, type VendorResponse, type VendorSignal } from './signals.ts';
