/** What a backtest leaves: columns, so that a long run stays small and goes into Parquet as it is. */
import type { Ticker } from '../../kernel/units.ts';
import type { PanelSource, Survivorship } from './panel.ts';
import type { BacktestRules } from './rules.ts';
import type { Parameters } from './strategy.ts';

/** Of each moment, after its close. */
export interface EquityColumns {
  readonly equityUsd: Float64Array;
  readonly cashUsd: Float64Array;
  /** Market values, both positive. */
  readonly longUsd: Float64Array;
  readonly shortUsd: Float64Array;
  /** Notional of all fills. */
  readonly tradedUsd: Float64Array;
}

/**
 * One row per fill, in the order they happened. `symbol` and `order` are indices; a buy is positive. `order` is −1 where none was placed: the cash in
 * lieu of a fraction that a split leaves, the close of a delisted holding.
 */
export interface FillColumns {
  readonly count: number;
  readonly moment: Int32Array;
  readonly symbol: Int32Array;
  readonly order: Int32Array;
  readonly signedShares: Float64Array;
  /** With spread, slippage and impact in it. */
  readonly priceUsd: Float64Array;
  readonly feeUsd: Float64Array;
  /** Of spread, slippage and impact together: what the price was moved by, positive. */
  readonly priceCostUsd: Float64Array;
}

/** One row per round trip: from flat (or the other side) until flat again; the last may be open, with the last close as its exit. */
export interface TradeColumns {
  readonly count: number;
  readonly symbol: Int32Array;
  readonly entryMoment: Int32Array;
  readonly exitMoment: Int32Array;
  /** The most that was held; negative is short. */
  readonly signedShares: Float64Array;
  /** Means over the fills of each side. */
  readonly entryPriceUsd: Float64Array;
  readonly exitPriceUsd: Float64Array;
  readonly feeUsd: Float64Array;
  /** After fees, dividends included. */
  readonly profitUsd: Float64Array;
  readonly isOpen: Uint8Array;
}

/** How many of each; the reasons are kebab-case. */
export interface OrderCounts {
  readonly submitted: number;
  /** Filled at least in part. */
  readonly filled: number;
  readonly cancelled: number;
  readonly expired: number;
  readonly rejected: Readonly<Record<string, number>>;
}

/** Everything that was paid or earned besides price changes; signed, a cost is negative. */
export interface CashFlows {
  readonly feesUsd: number;
  readonly dividendsUsd: number;
  readonly interestUsd: number;
  readonly borrowUsd: number;
}

export interface BacktestResult {
  readonly kind: 'backtest';
  readonly strategy: string;
  readonly parameters: Parameters;
  readonly rules: BacktestRules;
  readonly source: PanelSource;
  readonly survivorship: Survivorship;
  readonly symbols: readonly Ticker[];
  readonly frequency: 'daily' | 'minute';
  readonly day: Int32Array;
  readonly endMinute: Int16Array | null;
  readonly equity: EquityColumns;
  readonly fills: FillColumns;
  readonly trades: TradeColumns;
  readonly orders: OrderCounts;
  readonly flows: CashFlows;
  /** Bars that the engine went over: the sum over symbols. */
  readonly bars: number;
  /** What a reader must know: a symbol whose bars end without a reason, a margin call, a capped order; one line each, with counts. */
  readonly remarks: readonly string[];
}

export type BacktestRefusal =
  | 'no-bars'
  | 'parameter-unknown'
  | 'parameter-out-of-range'
  | 'parameters-conflict'
  | 'rules-invalid'
  | 'bars-invalid';

/** Simple return of each moment over the one before; the first is over the opening cash. */
export function returnsOf({ equity: { equityUsd }, rules: { cashUsd } }: Pick<BacktestResult, 'equity' | 'rules'>): Float64Array {
  const returns = new Float64Array(equityUsd.length);
  let before = cashUsd;
  for (let t = 0; t < returns.length; t++) {
    returns[t] = equityUsd[t]! / before - 1;
    before = equityUsd[t]!;
  }
  return returns;
}
