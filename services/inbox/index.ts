export * from './inbox.ts';
export { isTooLarge } from './receive.ts';
export type { InboundPlatform } from './source.ts';
export type { DeliveryDetail, DeliveryFilter, DeliveryRow, DeliveryState } from './views.ts';
