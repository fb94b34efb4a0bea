/**
 * Volatility-scaled momentum, twice over: companies are ranked by the house's factor (12-1 momentum per unit of realised risk), and the whole
 * basket is scaled down where it has lately been riskier than the target.
 *
 * 1. Each month the `top` companies by the factor, equal parts.                                    volatility-scaled-momentum.factor.ts
 * 2. basket volatility = √(mean square of the basket's daily returns over `volatility` bars × 252), the basket as it is chosen now.
 * 3. gross = `gross` × min(1, `target` / basket volatility).
 *
 * Sources: Jegadeesh & Titman (1993), J. Finance 48(1); Barroso & Santa-Clara (2015), J. Financial Economics 116(1), equations 5 and 6, who
 * scale by the realised variance of 126 days towards 12 % a year and find that it takes the crashes out of momentum.
 * Differs: they scale the returns of the past portfolios of a long-short strategy, up as well as down; here it is the basket held from now on,
 * long only, and never more than `gross`.
 */
import { volatilityScaledMomentumFactor } from '../../factors/volatility-scaled-momentum.factor.ts';
import { defaultFactorRules } from '../../policy/factor-rules.ts';
import type { Now, WeightStrategy } from '../strategy.ts';
import { countOrTenth, eligible } from './parts/eligible.ts';
import { factorScores } from './parts/factor-scores.ts';
import { topBy } from './parts/scored.ts';
import { equalWeights } from './parts/weighting.ts';

const SESSIONS_PER_YEAR = 252;

export const vsmStrategy: WeightStrategy = {
  name: 'vsm',
  about: 'Each month those with the most momentum per unit of risk, less of them where the basket is riskier than the target.',
  source: 'Barroso & Santa-Clara (2015), Journal of Financial Economics 116(1)',
  kind: 'weights',
  rebalance: 'month-end',
  parameters: {
    lookback: { about: 'Bars over which the return is taken', initial: 251, min: 2, max: 2520, whole: true },
    skip: { about: 'Latest bars that are left out', initial: 21, min: 0, max: 252, whole: true },
    volatility: { about: 'Daily returns behind the realised volatilities', initial: 126, min: 2, max: 2520, whole: true },
    top: { about: 'How many are held; 0 is a tenth of those that can be ranked', initial: 0, min: 0, max: 5000, whole: true },
    target: { about: 'Annualised volatility of the basket above which less is invested', initial: 0.12, min: 0.01, max: 5, whole: false },
    gross: { about: 'The most of equity that is invested', initial: 0.99, min: 0.01, max: 4, whole: false },
  },
  conflict: ({ lookback, skip }) => (skip! < lookback! ? null : 'skip must be below lookback'),
  weigh(now, { lookback, skip, volatility, top, target, gross }, weights) {
    const ranked = factorScores(volatilityScaledMomentumFactor, now, {
      symbols: eligible(now),
      bars: Math.max(lookback!, volatility!) + 1,
      rules: { ...defaultFactorRules, momentum: { lookbackBars: lookback!, skipBars: skip!, volatilityBars: volatility! } },
      marketSessions: 0,
    });
    if (ranked.symbols.length === 0) return false;
    const basket = topBy(ranked, countOrTenth(top!, ranked.symbols.length));
    const annualizedVol = basketVol(now, basket, volatility!);
    equalWeights(basket, gross! * (annualizedVol > target! ? target! / annualizedVol : 1), weights);
    return true;
  },
};

/** Of equal parts put right daily, annualised; by each company's own last bars, which are the same sessions but for gaps. */
function basketVol(now: Now, basket: readonly number[], returns: number): number {
  const sums = new Float64Array(returns);
  for (const symbol of basket) {
    const { close, dividend } = now.history(symbol, returns + 1);
    for (let i = 1; i < close.length; i++) sums[i - 1]! += (close[i]! + dividend[i]!) / close[i - 1]! - 1;
  }
  const squares = sums.reduce((sum, value) => sum + (value / basket.length) ** 2, 0);
  return Math.sqrt((squares / returns) * SESSIONS_PER_YEAR);
}
