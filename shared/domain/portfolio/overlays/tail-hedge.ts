/**
 * What insuring the book against a crash would cost today, and what it would pay.
 *
 * Index puts: units = covered share × beta × equity / index. Each roll buys options with `years` left and sells them with `rollAtYears`
 * left; at an unmoved index that costs the difference of the two prices, and 1/(years − rollAtYears) rolls make a year.
 * Volatility calls: the same on a one-month volatility future, by Black (1976), units so that a point of index loss is worth a point.
 * In a scenario the option is worth its intrinsic value at least; nothing is added for a volatility that jumps, so the payoff is a floor.
 *
 * It is advice with its cost, kept in the record: no broker of the fund trades options. The index stands at 100 here, since the market
 * series has returns and no level. Source: Israelov (2017), "Pathetic protection", for what to count.
 */
import { isRefusal, type Refusal, refuse } from '../../../kernel/refusal.ts';
import type { MarketHistory } from '../../market/market-history.ts';
import { blackScholes, type OptionTerms } from '../../options/black-scholes.ts';
import { type VolSurface, volSurface } from '../../options/vol-surface.ts';
import type { TailHedgeRules } from '../../policy/overlay-rules.ts';

const INDEX_LEVEL = 100;

export interface HedgeQuestion {
  readonly equityUsd: number;
  readonly bookBeta: number;
  /** Ends before `asOf`. */
  readonly market: MarketHistory;
  readonly riskFreeAnnualFrac: number;
  readonly sessionsPerYear: number;
  readonly scenarios: ReadonlyArray<{ readonly name: string; readonly indexReturnFrac: number }>;
  readonly rules: TailHedgeRules;
}

export interface HedgePlan {
  readonly kind: 'hedge';
  readonly instrument: 'index-put' | 'volatility-call';
  readonly strike: number;
  readonly years: number;
  /** Annualised volatility it was priced at. */
  readonly pricedVol: number;
  readonly units: number;
  readonly premiumUsd: number;
  readonly premiumFracOfEquity: number;
  /** Cost per year of rolling it while nothing happens, as a fraction of equity. */
  readonly carryAnnualFrac: number;
  readonly payoffs: ReadonlyArray<{ readonly name: string; readonly payoffFracOfEquity: number }>;
}

/** Null when no hedge is asked for or the book has no positive beta; refuses what cannot be priced. */
export function planTailHedge(question: HedgeQuestion): HedgePlan | Refusal | null {
  const { rules, bookBeta, equityUsd } = question;
  if (rules.instrument === 'none' || bookBeta === 0) return null;
  if (!Number.isFinite(bookBeta) || !(equityUsd > 0 && Number.isFinite(equityUsd)))
    return refuse('hedge-input-unfit', { bookBeta, equityUsd });
  if (bookBeta < 0) return null;
  if (!(rules.years > rules.rollAtYears && rules.rollAtYears > 0)) {
    return refuse('hedge-roll-after-expiry', { years: rules.years, rollAtYears: rules.rollAtYears });
  }
  const surface = volSurface(question.market, rules.surface, question.sessionsPerYear);
  if (isRefusal(surface)) return surface;
  const leg = rules.instrument === 'index-put' ? indexPut(question, surface) : volatilityCall(question, surface);
  const bought = blackScholes(leg.termsAt(rules.years));
  if (isRefusal(bought)) return bought;
  const sold = blackScholes(leg.termsAt(rules.rollAtYears));
  if (isRefusal(sold)) return sold;

  const rollsPerYear = 1 / (rules.years - rules.rollAtYears);
  const premiumUsd = leg.units * bought.priceUsd;
  return {
    kind: 'hedge',
    instrument: rules.instrument,
    strike: leg.termsAt(rules.years).strikeUsd,
    years: rules.years,
    pricedVol: leg.termsAt(rules.years).annualizedVol,
    units: leg.units,
    premiumUsd,
    premiumFracOfEquity: premiumUsd / equityUsd,
    carryAnnualFrac: (leg.units * (bought.priceUsd - sold.priceUsd) * rollsPerYear) / equityUsd,
    payoffs: question.scenarios.map(({ name, indexReturnFrac }) => ({
      name,
      payoffFracOfEquity: (leg.units * leg.intrinsicAfter(indexReturnFrac)) / equityUsd,
    })),
  };
}

interface Leg {
  readonly units: number;
  termsAt(years: number): OptionTerms;
  intrinsicAfter(indexReturnFrac: number): number;
}

function indexPut({ rules, bookBeta, equityUsd, riskFreeAnnualFrac }: HedgeQuestion, surface: VolSurface): Leg {
  const strikeUsd = rules.strikeFrac * INDEX_LEVEL;
  return {
    units: (rules.coveredFrac * bookBeta * equityUsd) / INDEX_LEVEL,
    termsAt: (years) => ({
      kind: 'put',
      spotUsd: INDEX_LEVEL,
      strikeUsd,
      years,
      annualizedVol: surface.volAt(rules.strikeFrac / Math.exp((riskFreeAnnualFrac - rules.dividendYieldFrac) * years), years),
      riskFreeAnnualFrac,
      dividendYieldFrac: rules.dividendYieldFrac,
    }),
    intrinsicAfter: (indexReturnFrac) => Math.max(0, strikeUsd - INDEX_LEVEL * (1 + indexReturnFrac)),
  };
}

function volatilityCall({ rules, bookBeta, equityUsd, riskFreeAnnualFrac }: HedgeQuestion, surface: VolSurface): Leg {
  const future = 100 * surface.oneMonthVol;
  const strikeUsd = rules.strikeFrac * future;
  return {
    units: (rules.coveredFrac * bookBeta * equityUsd) / INDEX_LEVEL / rules.volPointsPerIndexPoint,
    termsAt: (years) => ({
      kind: 'call',
      spotUsd: future,
      strikeUsd,
      years,
      annualizedVol: rules.volOfVol,
      riskFreeAnnualFrac,
      dividendYieldFrac: riskFreeAnnualFrac,
    }),
    intrinsicAfter: (indexReturnFrac) => Math.max(0, future - 100 * rules.volPointsPerIndexPoint * indexReturnFrac - strikeUsd),
  };
}
