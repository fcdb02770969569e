export * from './append.ts';
export * from './live.ts';
export * from './page.ts';
export * from './store.ts';
