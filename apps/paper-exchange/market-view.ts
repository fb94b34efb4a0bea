/**
 * The market as the exchange sees it, the session under way included. The command line builds it from the data provider
 * (simulator or file); the fund never gets it, which is how a fill can use a close that no decision could have known.
 */
import type { EpochDay, Ticker } from '../../shared/kernel/units.ts';

export interface SessionBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Shares. */
  readonly volume: number;
}

export interface MarketView {
  /** Undefined when the symbol did not trade that session: not yet listed, halted, delisted. */
  barOn(symbol: Ticker, day: EpochDay): SessionBar | undefined;
  /** False for a symbol that is known but takes no orders. */
  isTradable(symbol: Ticker): boolean;
  symbols(): readonly Ticker[];
}
