/** US stocks in TWS's words: a class of shares is set off by a space where tickers have a dot (`BRK B`), and routing is left to SMART. */
import type { Contract } from '@stoqey/ib/dist/api/contract/contract.js';
import { SecType } from '@stoqey/ib/dist/api/data/enum/sec-type.js';
import type { Ticker } from '../../kernel/units.ts';

export const stockContract = (symbol: Ticker): Contract => ({
  symbol: symbol.replaceAll('.', ' '),
  secType: SecType.STK,
  exchange: 'SMART',
  currency: 'USD',
});

export const tickerOf = (contract: Contract): Ticker => (contract.symbol ?? '').replaceAll(' ', '.') as Ticker;

/** Whether it is a stock priced in dollars: the only thing this fund trades, and the only thing it counts. */
export const isUsStock = (contract: Contract): boolean => contract.secType === SecType.STK && contract.currency === 'USD';
