export { createEgress, type Egress, type EgressOptions } from './egress.ts';
export { guardProcess, type ProcessGuardOptions } from './process-guard.ts';
