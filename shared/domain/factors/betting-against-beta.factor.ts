/**
 * Betting against beta: companies that move less than the market have earned more per unit of that risk, because investors who may not
 * borrow buy high beta instead. The value is minus the shrunk beta; how it is estimated, and from how much, is told in market-fit.ts.
 *
 * Source: Frazzini & Pedersen (2014), J. Financial Economics 111(1), section 3.1. They rank by the beta before shrinkage, which is the
 * same order. Not covered: the levering of both sides to a beta of 1, which is the allocation's business.
 */
import { isRefusal } from '../../kernel/refusal.ts';
import { absent, type Factor, type FactorReading } from './factor.ts';
import { marketFit, marketGrid } from './market-fit.ts';

export const bettingAgainstBetaFactor: Factor = {
  name: 'betting-against-beta',

  read(views, { asOf, market, rules }) {
    const grid = marketGrid(market, asOf, rules.beta);
    if (isRefusal(grid)) return views.map(() => absent(grid.reason));
    return views.map(({ bars }): FactorReading => {
      const fit = marketFit(bars, grid, rules.beta);
      if (isRefusal(fit)) return absent(fit.reason);
      const { beta, shrunkBeta, correlation, correlationReturns, dailyVol, marketDailyVol } = fit;
      return { kind: 'reading', value: -shrunkBeta, evidence: { beta, correlation, correlationReturns, dailyVol, marketDailyVol } };
    });
  },
};
