/**
 * Betting against beta: long those that move less than the market, levered up to a beta of 1, short those that move more, levered down to it,
 * so that together they have none. It needs a margin account and shares to borrow.
 *
 * 1. Beta of each company, shrunk towards 1, by the house's factor.                              betting-against-beta.factor.ts
 * 2. z = place of the beta; k = 2 / Σ|z − mean|; long k·(z − mean)⁻, short k·(z − mean)⁺: each side sums to 1.
 * 3. Each side over its own beta, so that its beta is 1; both by one number, so that |weights| sum to `gross`.
 *
 * Source: Frazzini & Pedersen (2014), J. Financial Economics 111(1), equations 15 to 17. Their book is about $1.4 long and $0.7 short: a
 * `gross` of 2.1. They want three years of correlations at least (`returns` 750). Differs: the market is all symbols of the panel with equal
 * weight, and months between rebalances leave the sides to drift. Not covered: excess returns, the cost of funding beyond the run's rules.
 */
import { bettingAgainstBetaFactor } from '../../factors/betting-against-beta.factor.ts';
import { meanPlaces } from '../../factors/places.ts';
import { defaultFactorRules } from '../../policy/factor-rules.ts';
import type { WeightStrategy } from '../strategy.ts';
import { eligible } from './parts/eligible.ts';
import { factorScores } from './parts/factor-scores.ts';

export const babStrategy: WeightStrategy = {
  name: 'bab',
  about: 'Long low beta and short high beta, each side levered to a beta of 1.',
  source: 'Frazzini & Pedersen (2014), Journal of Financial Economics 111(1)',
  kind: 'weights',
  rebalance: 'month-end',
  parameters: {
    window: { about: 'Overlapping three-day returns behind a correlation, at most', initial: 1260, min: 60, max: 2520, whole: true },
    returns: { about: 'The fewest of them with which there is a beta', initial: 750, min: 40, max: 2520, whole: true },
    gross: { about: 'Long and short together, as part of equity', initial: 1, min: 0.01, max: 4, whole: false },
  },
  conflict: ({ window, returns }) => (returns! <= window! ? null : 'returns must not be above window'),
  weigh(now, { window, returns, gross }, weights) {
    const { beta } = defaultFactorRules;
    const rules = {
      ...defaultFactorRules,
      beta: {
        ...beta,
        correlationReturns: window!,
        correlationReturnsMin: returns!,
        volatilityReturnsMin: Math.min(beta.volatilityReturnsMin, returns!),
      },
    };
    const bars = window! + beta.overlapSessions;
    // The factor's value is minus the beta, so that more is better.
    const ranked = factorScores(bettingAgainstBetaFactor, now, { symbols: eligible(now), bars, rules, marketSessions: bars });
    const sides = sidesOf(ranked.scores.map((score) => -score));
    if (sides === null) return false;
    ranked.symbols.forEach((symbol, i) => {
      weights[symbol] = gross! * sides[i]!;
    });
    return true;
  },
};

/** Weights that sum to 1 in size and to a beta of 0; null where all betas are the same, or a side has none above 0 to be levered by. */
function sidesOf(betas: Float64Array): Float64Array | null {
  const places = meanPlaces(betas);
  const middle = (betas.length - 1) / 2;
  const distance = places.reduce((sum, place) => sum + Math.abs(place - middle), 0);
  if (!(distance > 0)) return null;
  const parts = places.map((place) => (2 * (middle - place)) / distance);
  const lowBeta = parts.reduce((sum, part, i) => sum + Math.max(0, part) * betas[i]!, 0);
  const highBeta = parts.reduce((sum, part, i) => sum + Math.max(0, -part) * betas[i]!, 0);
  if (!(lowBeta > 0 && highBeta > 0)) return null;
  const size = 1 / lowBeta + 1 / highBeta;
  return parts.map((part) => part / (part > 0 ? lowBeta : highBeta) / size);
}
