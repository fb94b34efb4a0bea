/**
 * Cross-sectional momentum: at the end of each month equal parts of those that rose most over the lookback, members of the index only where
 * the run has a membership.
 *
 * score = close `skip` bars ago / close `lookback` bars ago − 1, of each symbol's own bars; ties go by symbol.
 *
 * Source: Jegadeesh & Titman (1993), J. Finance 48(1): the top tenth by the past 3 to 12 months (252 bars are 12). They leave out a week, and
 * later papers a month (`skip` 21), against the reversal of the latest returns. Not covered: their overlapping portfolios, the short side
 * (see vsm for a short one), and dividends on split-adjusted prices, which a total-return panel has in its prices.
 */
import type { WeightStrategy } from '../strategy.ts';
import { countOrTenth, eligible } from './parts/eligible.ts';
import { scoreAll, topBy } from './parts/scored.ts';
import { equalWeights } from './parts/weighting.ts';

export const momentumStrategy: WeightStrategy = {
  name: 'momentum',
  about: 'Each month equal parts of those that rose most over the past year.',
  source: 'Jegadeesh & Titman (1993), Journal of Finance 48(1)',
  kind: 'weights',
  rebalance: 'month-end',
  parameters: {
    lookback: { about: 'Bars over which the return is taken', initial: 252, min: 1, max: 2520, whole: true },
    skip: { about: 'Latest bars that are left out', initial: 0, min: 0, max: 252, whole: true },
    top: { about: 'How many are held; 0 is a tenth of those that can be ranked', initial: 50, min: 0, max: 5000, whole: true },
    gross: { about: 'Part of equity that is invested', initial: 0.99, min: 0.01, max: 4, whole: false },
  },
  conflict: ({ lookback, skip }) => (skip! < lookback! ? null : 'skip must be below lookback'),
  weigh(now, { lookback, skip, top, gross }, weights) {
    const ranked = scoreAll(eligible(now), (symbol) => {
      const before = now.close(symbol, lookback!);
      return before > 0 ? now.close(symbol, skip!) / before - 1 : Number.NaN;
    });
    if (ranked.symbols.length === 0) return false;
    equalWeights(topBy(ranked, countOrTenth(top!, ranked.symbols.length)), gross!, weights);
    return true;
  },
};
