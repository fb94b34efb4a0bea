export { type AlpacaOptions, createAlpacaBroker } from './alpaca-broker.ts';
export type { AlpacaKeys } from './keys.ts';
