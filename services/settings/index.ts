export * from './boot.ts';
export * from './core.ts';
export * from './names.ts';
export * from './secrets.ts';
export * from './source.ts';
