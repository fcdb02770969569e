export * from './contract.ts';
export * from './events.ts';
export * from './schemas.ts';
export * from './subscription.ts';
export * from './wrap.ts';
