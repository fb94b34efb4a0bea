/** What an order asks of a market, in the field's words: what every broker adapter is handed, and what the ledger keeps. */
import type { Price, Shares, Ticker } from '../../kernel/units.ts';

export type Side = 'BUY' | 'SELL';
export type OrderType = 'MARKET' | 'LIMIT' | 'STOP' | 'STOP_LIMIT';
export type TimeInForce = 'DAY' | 'GTC' | 'IOC' | 'FOK';

export type PriceTerms =
  | { readonly type: 'MARKET' }
  | { readonly type: 'LIMIT'; readonly limitPrice: Price }
  | { readonly type: 'STOP'; readonly stopPrice: Price }
  | { readonly type: 'STOP_LIMIT'; readonly limitPrice: Price; readonly stopPrice: Price };

/** A stop without a limit leaves at the market once it is reached. */
export interface StopLoss {
  readonly stopPrice: Price;
  readonly limitPrice?: Price;
}

/**
 * Orders that go with this one. `bracket`: once this one is filled, two exits of which one cancels the other. `oco`: this one is a
 * LIMIT exit (the profit), and the stop beside it cancels it or is cancelled by it.
 */
export type AttachedOrders =
  | { readonly kind: 'bracket'; readonly takeProfitPrice: Price; readonly stopLoss: StopLoss }
  | { readonly kind: 'oco'; readonly stopLoss: StopLoss };

export type OrderTerms = {
  readonly symbol: Ticker;
  readonly side: Side;
  /** Positive, to 4 decimals. */
  readonly quantity: Shares;
  readonly timeInForce: TimeInForce;
  /** Sells what the fund does not own; goes out only where the broker says that it has shares to lend. */
  readonly shortSale?: boolean;
  readonly attached?: AttachedOrders;
} & PriceTerms;
