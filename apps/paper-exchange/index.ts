export type { MarketView, SessionBar } from './market-view.ts';
export { createPaperExchange, type PaperExchange, type PaperExchangeOptions } from './paper-exchange.ts';
