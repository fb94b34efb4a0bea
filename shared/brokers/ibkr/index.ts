export { createIbkrBroker, type IbkrOptions } from './ibkr-broker.ts';
