/**
 * What is known of a company besides its prices: quarterly reports, earnings releases, headlines. Every fact carries the day it could
 * first be read, which for a report is weeks after the period it tells of; that day alone decides who may see it.
 *
 * A fact is known to a decision when that day lies before `asOf`, as for bars: what comes out on the session itself is not used.
 */
import type { EpochDay, EpochMs, Ticker } from '../../kernel/units.ts';
import { newYorkDay } from './new-york-time.ts';

/** A quarter as first published. Amounts are US dollars for that quarter alone, balances at its end; null is not reported. */
export interface FundamentalReport {
  readonly periodEnd: EpochDay;
  /** Never before `periodEnd`: such a record is refused at ingest. */
  readonly availableDay: EpochDay;
  readonly revenueUsd: number | null;
  readonly netIncomeUsd: number | null;
  readonly totalAssetsUsd: number | null;
  readonly equityUsd: number | null;
  readonly operatingCashFlowUsd: number | null;
  /** Positive is money spent. */
  readonly capitalExpenditureUsd: number | null;
  readonly freeCashFlowUsd: number | null;
  /** In the split-adjusted shares of the bars, so that times a close it is the company's value that day. */
  readonly sharesOutstanding: number | null;
}

export interface EarningsRelease {
  /** The New York day it was announced on. */
  readonly availableDay: EpochDay;
  /** Before the open, after the close, or not said. */
  readonly session: 'pre' | 'post' | 'unknown';
  /** USD per share for the quarter, in the split-adjusted shares of the bars: comparable with a close, and across a split. */
  readonly epsUsd: number;
  /** What analysts expected; null when nobody says. */
  readonly epsEstimateUsd: number | null;
}

export interface Headline {
  readonly publishedAt: EpochMs;
  readonly text: string;
  /** What a language model read in it, where one was asked; the answer is an input like any other, stored with the hash of its raw text. */
  readonly reading?: {
    /** −1 is as bad as news can be, 1 as good. */
    readonly tone: number;
    /** 0 to 1. */
    readonly confidence: number;
    readonly model: string;
    readonly answerSha256: string;
  };
}

/** Each list ascends by the day its facts became known. */
export interface SymbolFacts {
  readonly symbol: Ticker;
  readonly reports: readonly FundamentalReport[];
  readonly earnings: readonly EarningsRelease[];
  readonly news: readonly Headline[];
}

export const noFacts = (symbol: Ticker): SymbolFacts => ({ symbol, reports: [], earnings: [], news: [] });

/** The facts that a decision on that session may know. */
export function factsBefore({ symbol, reports, earnings, news }: SymbolFacts, asOf: EpochDay): SymbolFacts {
  return {
    symbol,
    reports: reports.filter(({ availableDay }) => availableDay < asOf),
    earnings: earnings.filter(({ availableDay }) => availableDay < asOf),
    news: news.filter(({ publishedAt }) => newYorkDay(publishedAt) < asOf),
  };
}
