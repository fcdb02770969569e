export * from './deferred.ts';
export * from './facts.ts';
export * from './migrations.ts';
export * from './modules.ts';
export type { ModuleCall } from './request.ts';
export * from './routes.ts';
