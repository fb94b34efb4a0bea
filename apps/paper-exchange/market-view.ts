/**
 * The market as the exchange sees it, the session under way included. The command line builds it from the data provider
 * (simulator or file); the fund never gets it, which is how a fill can use a close that no decision could have known.
 */
import type { EpochDay, EpochMs, Ticker } from '../../shared/kernel/units.ts';

export interface SessionBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Shares. */
  readonly volume: number;
}

/** One minute; `at` is its beginning. */
export interface MinuteBar extends SessionBar {
  readonly at: EpochMs;
}

/** What happens to holders at the opening of a session. */
export interface CorporateActions {
  /** A share held at the close before receives this much; in the shares of that close. */
  readonly dividendUsd?: number;
  /** New shares per old share: 4 for four-for-one, 0.1 for one-for-ten. Only for bars that are not split-adjusted. */
  readonly splitRatio?: number;
}

export interface MarketView {
  /** Undefined when the symbol did not trade that session: not yet listed, halted, delisted. */
  barOn(symbol: Ticker, day: EpochDay): SessionBar | undefined;
  /**
   * Oldest first; minutes without a trade may be left out, those outside regular hours are passed over. Undefined where only
   * the day is known. The same array again saves work.
   */
  minutesOn?(symbol: Ticker, day: EpochDay): readonly MinuteBar[] | undefined;
  actionsOn?(symbol: Ticker, day: EpochDay): CorporateActions | undefined;
  /** False for a symbol that is known but takes no orders. */
  isTradable(symbol: Ticker): boolean;
  /** Whether the broker lends it at once; absent, everything is lent. */
  isEasyToBorrow?(symbol: Ticker): boolean;
  symbols(): readonly Ticker[];
}
