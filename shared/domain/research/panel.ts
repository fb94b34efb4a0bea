/**
 * The market that a backtest runs over: the bars of many symbols on one time axis, columnar and read in place.
 *
 * Every symbol keeps its own bars, oldest first, without holes; `rowOf` says which of them falls on a moment of the axis, or that none does:
 * a holiday of one venue, a halt, data that is missing, a company not listed yet or not any more. A bar is known at its end.
 */
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import type { DailyBars } from '../market/bars.ts';
import type { EarningsRelease } from '../market/facts.ts';

/** One symbol's bars. `day` repeats where a session has many. */
export interface Series extends DailyBars {
  /** New York minute of the day at which each bar ends; null where a bar is a session. */
  readonly endMinute: Int16Array | null;
}

/**
 * What the prices are. `split-adjusted`: splits are in the prices, dividends are paid in cash on the ex-date. `as-traded`: splits multiply what is
 * held, dividends are paid in cash. `total-return`: both are in the prices, and nothing is paid.
 */
export type PriceBasis = 'split-adjusted' | 'as-traded' | 'total-return';

/**
 * Why a symbol's bars end before the axis does. A delisting is announced, so a holding is closed at the moment after the last bar; of an end that is
 * `unknown` nobody knew then, so a holding waits as it would in a halt, and is closed later, and counted (engine/corporate-actions.ts).
 */
export interface Ending {
  readonly kind: 'delisted' | 'unknown';
  /** What a share is worth after the last bar, as a part of its last close. */
  readonly recoveryFrac: number;
}

export interface Panel {
  readonly frequency: 'daily' | 'minute';
  readonly basis: PriceBasis;
  /** The axis: the session of each moment, and the minute at which it ends (null: sessions). Ascending, no moment twice. */
  readonly day: Int32Array;
  readonly endMinute: Int16Array | null;
  /** Ascending by symbol, in code-unit order, no symbol twice. */
  readonly series: readonly Series[];
  /** Of each symbol at each moment the index of its bar, −1 where it has none: element `symbol * day.length + moment`. */
  readonly rowOf: Int32Array;
  /** Announcements of each symbol, ascending by the day they became known; null where nobody supplied any. */
  readonly earnings: ReadonlyArray<readonly EarningsRelease[]> | null;
  /** GICS sector of each symbol, null where unknown; left out where nobody supplied any. */
  readonly sectors?: ReadonlyArray<string | null>;
  /** Where it comes from, for reports and for the trial ledger. */
  readonly source: PanelSource;
}

export interface PanelSource {
  readonly name: string;
  /** Of the content, whatever file it came in: the same bars give the same hash. */
  readonly sha256: string;
}

/** Who belonged to the index at each moment of a panel, by what was known then. */
export interface Membership {
  readonly name: string;
  /** 1 where the symbol is a member at that moment: element `symbol * moments + moment`. */
  readonly mask: Uint8Array;
  /** Of each moment: members of the index by the list, and how many of them the panel has bars of. */
  readonly listed: Int32Array;
  readonly priced: Int32Array;
}

/**
 * Whether the result can be trusted not to have been drawn from survivors alone. `unproven` without a membership, where the list is silent on a
 * moment, or where members without prices are more than nobody; `coverageFrac` is priced over listed members, the mean of all moments.
 */
export type Survivorship =
  | { readonly kind: 'proven'; readonly membership: string }
  | {
      readonly kind: 'unproven';
      readonly reason: 'no-membership' | 'members-without-prices';
      readonly membership: string | null;
      readonly coverageFrac: number | null;
    };

export const symbolsOf = (panel: Panel): readonly Ticker[] => panel.series.map(({ symbol }) => symbol);

export const dayAt = (panel: Panel, moment: number): EpochDay => panel.day[moment]! as EpochDay;
