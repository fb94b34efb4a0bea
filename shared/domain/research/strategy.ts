/**
 * A strategy is one of three small objects, whichever says it most simply:
 *
 *   signal    looks at one symbol's bars and says at which of them to be long, flat or short. It can be swept on the vectorised path.
 *   weights   looks at all symbols at a rebalance and says what part of equity each should be.
 *   orders    is asked at every moment and places orders of any type: pairs, stops, the whole Ballast cycle.
 *
 * None of them has a clock, a file or a random number. What it may know at a moment is what `Now` gives; a signal gets whole columns, and the
 * look-ahead fuzzer (look-ahead.ts) is what holds it to the past. One strategy is one file `strategies/<name>.strategy.ts`.
 */
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import type { OrderType, TimeInForce } from '../execution/order-terms.ts';
import type { DailyBars } from '../market/bars.ts';
import type { EarningsRelease } from '../market/facts.ts';
import type { Panel, Series } from './panel.ts';

export type Parameters = Readonly<Record<string, number>>;

export interface ParameterSpec {
  /** One line, with the unit. */
  readonly about: string;
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

interface Described {
  /** Kebab-case; also the file's name. */
  readonly name: string;
  /** One sentence. */
  readonly about: string;
  /** Paper or book. */
  readonly source: string;
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  /** One line where parameters do not fit each other (`fast` must be below `slow`), null where they do. */
  readonly conflict?: (parameters: Parameters) => string | null;
}

/** What a signal says at a bar. */
export const SIGNAL = { none: 0, long: 1, flat: 2, short: 3 } as const;

export interface SignalStrategy extends Described {
  readonly kind: 'signal';
  /**
   * One of SIGNAL for each bar; element t may depend on bars 0 to t alone. Of as-traded prices it gets the value of what one share of the first bar
   * has become, which knows no split before it happens; on the other bases the panel's own columns.
   */
  readonly signal: (series: Series, parameters: Parameters) => Uint8Array;
}

/** When weights are asked for: at the last moment of the period, which the exchange's calendar knows and no price does. */
export const rebalances = ['every-bar', 'day-end', 'week-end', 'month-end', 'quarter-end'] as const;
export type Rebalance = (typeof rebalances)[number];

export interface WeightStrategy extends Described {
  readonly kind: 'weights';
  readonly rebalance: Rebalance;
  /**
   * Fills `weights`, one per symbol, signed, parts of equity; handed in as zeros. NaN: leave the position as it is. False: too early, nothing is
   * to change. Ties must not depend on chance: the symbol's order decides.
   */
  readonly weigh: (now: Now, parameters: Parameters, weights: Float64Array) => boolean;
}

export interface OrderStrategy extends Described {
  readonly kind: 'orders';
  /**
   * Called once for a run; what it returns may remember. `basis` is that of what `Now` gives: splits are in it where the panel's prices are as
   * traded, too.
   */
  readonly start: (
    market: Pick<Panel, 'frequency' | 'basis' | 'sectors'> & { readonly symbols: readonly Ticker[] },
    parameters: Parameters,
  ) => {
    readonly decide: (now: Now, desk: Desk) => void;
  };
}

export type Strategy = SignalStrategy | WeightStrategy | OrderStrategy;

/**
 * What is known at the end of a moment. Symbols are indices into `symbols`. Prices, volumes and dividends are in shares of the symbol's latest bar, so
 * they compare across a split whatever the panel's basis is; who remembers a price from another moment of an as-traded panel divides it by the splits
 * since, which `splitRatio` of a history has.
 */
export interface Now {
  readonly symbols: readonly Ticker[];
  /** Index on the panel's axis. */
  readonly moment: number;
  readonly day: EpochDay;
  readonly equityUsd: number;
  readonly cashUsd: number;
  /** It has a bar at this moment. */
  readonly trades: (symbol: number) => boolean;
  /** It belongs to the index by what is known; true for all where the run has no membership. */
  readonly isMember: (symbol: number) => boolean;
  /** Bars of it until now. */
  readonly bars: (symbol: number) => number;
  /**
   * Of its bar `lag` bars ago, 0 being its latest; NaN before its first.
   * @throws InvariantViolation for a negative lag: the future is not there to be read.
   */
  readonly open: (symbol: number, lag: number) => number;
  readonly high: (symbol: number, lag: number) => number;
  readonly low: (symbol: number, lag: number) => number;
  readonly close: (symbol: number, lag: number) => number;
  readonly volume: (symbol: number, lag: number) => number;
  /** Its last `count` bars until now, as views; fewer when history is shorter. */
  readonly history: (symbol: number, count: number) => DailyBars;
  /** Announcements known before this session. */
  readonly earnings: (symbol: number) => readonly EarningsRelease[];
  /** Signed; 0 is none. */
  readonly shares: (symbol: number) => number;
  /** Signed part of equity at the latest close. */
  readonly weight: (symbol: number) => number;
}

export interface OrderRequest {
  readonly symbol: number;
  readonly side: 'BUY' | 'SELL';
  /** Positive. */
  readonly shares: number;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  /** For LIMIT and STOP_LIMIT. */
  readonly limitPriceUsd?: number;
  /** For STOP and STOP_LIMIT. */
  readonly stopPriceUsd?: number;
}

/** Where orders are placed at the end of a moment; the first bar that can fill them is the symbol's at the next one. */
export interface Desk {
  /** Returns the order's number. */
  readonly submit: (order: OrderRequest) => number;
  /** What has filled meanwhile stays. */
  readonly cancel: (order: number) => void;
  readonly replace: (order: number, shares: number, limitPriceUsd?: number) => void;
  /** Numbers of the orders that work in a symbol. */
  readonly working: (symbol: number) => readonly number[];
  /** A MARKET, DAY order for what is missing to that part of equity at the latest close; working orders of the symbol are cancelled first. */
  readonly target: (symbol: number, weight: number) => void;
}
