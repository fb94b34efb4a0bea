export { type AlpacaOptions, createAlpacaBroker } from './alpaca-broker.ts';
