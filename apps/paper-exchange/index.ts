export type { CorporateActions, MarketView, MinuteBar, SessionBar } from './market-view.ts';
export { createPaperExchange, type PaperExchange, type PaperExchangeOptions } from './paper-exchange.ts';
export type { TradeUpdateMessage } from './trade-updates.ts';
