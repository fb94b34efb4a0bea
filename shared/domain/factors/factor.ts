/**
 * What a factor is: one number for every company that says how it stands on something that has paid before, and its rank among them.
 * A factor sees all companies at once, each only up to `asOf`; it gives no opinion, the factor agent does.
 */
import type { EpochDay, Ticker } from '../../kernel/units.ts';
import type { DailyBars } from '../market/bars.ts';
import type { SymbolFacts } from '../market/facts.ts';
import type { MarketHistory } from '../market/market-history.ts';
import type { FactorRules } from '../policy/factor-rules.ts';

/** A company as a factor sees it. */
export interface FactorView {
  readonly symbol: Ticker;
  /** Dividend-adjusted, ending before `asOf`. */
  readonly bars: DailyBars;
  /** Known before `asOf`. */
  readonly facts: SymbolFacts;
  /** Standard deviation of daily returns; positive. */
  readonly dailyVol: number;
}

export interface FactorContext {
  readonly asOf: EpochDay;
  /** Ends before `asOf`. */
  readonly market: MarketHistory;
  readonly sessionsPerYear: number;
  readonly rules: FactorRules;
}

export type FactorReading =
  | {
      readonly kind: 'reading';
      /** Higher is expected to earn more. */
      readonly value: number;
      readonly evidence: Readonly<Record<string, number>>;
    }
  /** Kebab-case reason. */
  | { readonly kind: 'absent'; readonly reason: string };

export interface Factor {
  readonly name: string;
  /** One reading per company, in the same order, whatever the order is. */
  read(views: readonly FactorView[], context: FactorContext): readonly FactorReading[];
}

/** A reading with its place among all companies that have one. */
export type FactorStanding =
  | {
      readonly kind: 'standing';
      readonly factor: string;
      readonly value: number;
      /** 0 is the lowest, 1 the highest; equal values share the mean of their places. */
      readonly rankFrac: number;
      /** How many companies were ranked. */
      readonly ranked: number;
      readonly evidence: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'absent'; readonly factor: string; readonly reason: string };

export const absent = (reason: string): FactorReading => ({ kind: 'absent', reason });
