/**
 * Low volatility: at the end of each quarter those whose daily returns varied least over the past year, weighted by the inverse of it.
 *
 * volatility = sample standard deviation of the last `lookback` simple total returns (close and dividend over the close before).
 *
 * Sources: Blitz & van Vliet (2007), J. Portfolio Management 34(1), that low volatility has earned as much as high for less risk; S&P Low
 * Volatility Index Methodology for the recipe: 252 days, the 100 least volatile of 500, inverse volatility weights, quarterly.
 * Not covered: volatility as a share of the market's (see bab), sector limits.
 */
import { realizedDailyVol } from '../../indicators/momentum.ts';
import { totalReturns } from '../../indicators/returns.ts';
import type { Now, WeightStrategy } from '../strategy.ts';
import { countOrTenth, eligible } from './parts/eligible.ts';
import { bottomBy, scoreAll } from './parts/scored.ts';
import { inverseVolatility } from './parts/weighting.ts';

export const lowVolStrategy: WeightStrategy = {
  name: 'low-vol',
  about: 'Each quarter those that varied least over the past year, weighted by inverse volatility.',
  source: 'Blitz & van Vliet (2007), Journal of Portfolio Management 34(1); S&P Low Volatility Index Methodology',
  kind: 'weights',
  rebalance: 'quarter-end',
  parameters: {
    lookback: { about: 'Daily returns behind the volatility', initial: 252, min: 2, max: 2520, whole: true },
    top: { about: 'How many are held; 0 is a tenth of those that can be ranked', initial: 100, min: 0, max: 5000, whole: true },
    gross: { about: 'Part of equity that is invested', initial: 0.99, min: 0.01, max: 4, whole: false },
  },
  weigh(now, { lookback, top, gross }, weights) {
    const dailyVols = new Float64Array(now.symbols.length);
    const ranked = scoreAll(eligible(now), (symbol) => {
      dailyVols[symbol] = dailyVolOf(now, symbol, lookback!);
      // A price that stands still is not a calm one: nobody trades it.
      return dailyVols[symbol] > 0 ? dailyVols[symbol] : Number.NaN;
    });
    if (ranked.symbols.length === 0) return false;
    const calmest = bottomBy(ranked, countOrTenth(top!, ranked.symbols.length));
    inverseVolatility(calmest, (symbol) => dailyVols[symbol]!, gross!, weights);
    return true;
  },
};

const dailyVolOf = (now: Now, symbol: number, returns: number): number =>
  realizedDailyVol(totalReturns(now.history(symbol, returns + 1)), returns);
