import { paymentReceipt } from '@socle/kit-receipts';
import type { Flow } from '@socle/service-flows';

/** Every flow that runs here. */
export const flows: readonly Flow[] = [paymentReceipt];
