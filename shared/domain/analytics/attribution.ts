/**
 * Where the profit came from: cash's own yield, the market, skill (or luck), and the cost of trading.
 *
 * 1. Regress the fund's excess return before slippage on the market's excess return: alpha and beta of an interval.       linear-fit.ts
 * 2. For each interval, in dollars of its opening equity: risk-free = r_f·E, beta = β·(market − r_f)·E, alpha = α·E per session,
 *    cost = −slippage, and what is left is the residual.
 * 3. Add up in whole cents, the residual by difference: the parts are the total, to the cent.
 * Intervals without a market return, and all of them when the regression is refused, are put into `unattributedUsd`.
 *
 * Source: M. C. Jensen (1968), "The performance of mutual funds in the period 1945–1964", J. Finance 23(2).
 * Not covered: factors beyond the market; timing of beta, which lands in alpha and residual.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import type { Interval } from './interval.ts';
import { type FitRefusal, type LinearFit, linearFit } from './linear-fit.ts';

export interface Attribution {
  readonly totalUsd: number;
  readonly riskFreeUsd: number;
  readonly betaUsd: number;
  readonly alphaUsd: number;
  /** Negative: slippage against the market's price when orders were sent. */
  readonly costUsd: number;
  readonly residualUsd: number;
  /** Of intervals that the regression says nothing of. */
  readonly unattributedUsd: number;
  /** Per session. */
  readonly fit: LinearFit | FitRefusal;
}

type Attributed = Pick<Interval, 'profitUsd' | 'openingUsd' | 'sessions' | 'returnFrac' | 'riskFreeFrac' | 'marketReturnFrac'> & {
  readonly cost: Pick<Interval['cost'], 'slippageUsd'>;
};

/** Of the parts, `riskFreeUsd` to `unattributedUsd` sum to `totalUsd` to the cent. */
export function attribution(intervals: readonly Attributed[], returnsMin: number): Attribution {
  const known = intervals.flatMap((one) =>
    typeof one.marketReturnFrac === 'number' && one.openingUsd > 0 ? [{ ...one, marketReturnFrac: one.marketReturnFrac }] : [],
  );
  const single = known.filter(({ sessions }) => sessions === 1);
  const fit = linearFit(
    Float64Array.from(single, ({ marketReturnFrac, riskFreeFrac }) => marketReturnFrac - riskFreeFrac),
    Float64Array.from(
      single,
      ({ returnFrac, riskFreeFrac, cost, openingUsd }) => returnFrac + cost.slippageUsd / openingUsd - riskFreeFrac,
    ),
    returnsMin,
  );
  const totalCents = cents(intervals.reduce((sum, { profitUsd }) => sum + profitUsd, 0));
  if (isRefusal(fit)) return inUsd({ totalCents, riskFree: 0, beta: 0, alpha: 0, cost: 0, attributed: 0 }, fit);
  const sum = (part: (one: (typeof known)[number]) => number): number => known.reduce((total, one) => total + part(one), 0);
  return inUsd(
    {
      totalCents,
      riskFree: cents(sum(({ riskFreeFrac, openingUsd }) => riskFreeFrac * openingUsd)),
      beta: cents(sum(({ marketReturnFrac, riskFreeFrac, openingUsd }) => fit.slope * (marketReturnFrac - riskFreeFrac) * openingUsd)),
      alpha: cents(sum(({ sessions, openingUsd }) => fit.intercept * sessions * openingUsd)),
      cost: cents(-sum(({ cost }) => cost.slippageUsd)),
      attributed: known.length === intervals.length ? totalCents : cents(sum(({ profitUsd }) => profitUsd)),
    },
    fit,
  );
}

interface PartsInCents {
  readonly totalCents: number;
  readonly riskFree: number;
  readonly beta: number;
  readonly alpha: number;
  readonly cost: number;
  /** Profit of the intervals that the parts are of. */
  readonly attributed: number;
}

function inUsd({ totalCents, riskFree, beta, alpha, cost, attributed }: PartsInCents, fit: Attribution['fit']): Attribution {
  return {
    totalUsd: totalCents / 100,
    riskFreeUsd: riskFree / 100,
    betaUsd: beta / 100,
    alphaUsd: alpha / 100,
    costUsd: cost / 100,
    residualUsd: (attributed - riskFree - beta - alpha - cost) / 100,
    unattributedUsd: (totalCents - attributed) / 100,
    fit,
  };
}

/** Plus zero, so that no part is −0. */
const cents = (usd: number): number => Math.round(usd * 100) + 0;
