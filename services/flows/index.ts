export type { Finding, RunControl } from './control.ts';
export * from './engine.ts';
export * from './flow.ts';
export { startFlows } from './start.ts';
export type { ModuleCall } from './step.ts';
export type { Retrying, StoredError } from './verdict.ts';
export * from './views.ts';
