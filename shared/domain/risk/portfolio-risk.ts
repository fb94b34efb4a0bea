/**
 * Measures of a book on a panel of returns: tail loss with each symbol's share of it, volatility, betas, average correlation.
 * A book without positions has no risk: every measure is 0. Source of the average correlation: the variance of the sum of standardised
 * returns is n + n(n − 1)·average, so one pass replaces n² pairs.
 */
import { isRefusal, type Refusal, refuse } from '../../kernel/refusal.ts';
import { meanOf } from '../statistics/moments.ts';
import { bookReturns, marketReturns, type ReturnPanel, symbolOrder } from './return-panel.ts';
import { meanTailLoss, tailOf } from './tail-loss.ts';

export interface PortfolioRisk {
  readonly kind: 'portfolio-risk';
  readonly varFrac: number;
  readonly cvarFrac: number;
  readonly dailyVol: number;
  /** In the panel's order: mean loss of the symbol on the book's tail days. */
  readonly marginalCvarFrac: readonly number[];
  /** Weight × marginal; sums to `cvarFrac`. */
  readonly componentCvarFrac: readonly number[];
}

/** Refuses weights that are not finite, and what `tailOf` refuses. */
export function portfolioRisk(panel: ReturnPanel, weights: Float64Array, confidenceLevel: number): PortfolioRisk | Refusal {
  if (!weights.every(Number.isFinite)) return refuse('weight-not-finite', { weights: weights.length });
  if (weights.every((weight) => weight === 0)) return withoutPositions(panel);
  const returns = bookReturns(panel, weights);
  const tail = tailOf(returns, confidenceLevel);
  if (isRefusal(tail)) return tail;
  const marginalCvarFrac = panel.returns.map((series) => meanTailLoss(tail, series));
  return {
    kind: 'portfolio-risk',
    varFrac: tail.varFrac,
    cvarFrac: meanTailLoss(tail, returns),
    dailyVol: standardDeviation(returns),
    marginalCvarFrac,
    componentCvarFrac: marginalCvarFrac.map((marginal, i) => marginal * weights[i]!),
  };
}

/** What one unit of weight of each symbol adds to the tail loss of the book; with nothing held, each symbol's own CVaR. */
export function marginalCvar(panel: ReturnPanel, weights: Float64Array, confidenceLevel: number): readonly number[] | Refusal {
  const held = weights.some((weight) => weight !== 0);
  const bookTail = held ? tailOf(bookReturns(panel, weights), confidenceLevel) : undefined;
  const marginals: number[] = [];
  for (const series of panel.returns) {
    const tail = bookTail ?? tailOf(series, confidenceLevel);
    if (isRefusal(tail)) return tail;
    marginals.push(meanTailLoss(tail, series));
  }
  return marginals;
}

/** Slope of each symbol's returns on the mean of the panel; 0 for a market that does not move. */
export function betas(panel: ReturnPanel): Float64Array {
  const market = marketReturns(panel);
  const variance = covariance(market, market);
  return Float64Array.from(panel.returns, (series) => (variance === 0 ? 0 : covariance(series, market) / variance));
}

/** Mean correlation over all pairs held, on the last `sessions`; null with fewer than `namesMin` names that move. */
export function averagePairwiseCorrelation(panel: ReturnPanel, weights: Float64Array, sessions: number, namesMin: number): number | null {
  const start = Math.max(0, panel.days.length - sessions);
  const standardisedSum = new Float64Array(panel.days.length - start);
  let names = 0;
  for (const i of symbolOrder(panel)) {
    if (weights[i] === 0) continue;
    const series = panel.returns[i]!.subarray(start);
    const deviation = standardDeviation(series);
    if (!(deviation > 0)) continue;
    for (let k = 0; k < series.length; k++) standardisedSum[k]! += series[k]! / deviation;
    names++;
  }
  if (names < Math.max(2, namesMin)) return null;
  return (covariance(standardisedSum, standardisedSum) - names) / (names * (names - 1));
}

const withoutPositions = (panel: ReturnPanel): PortfolioRisk => ({
  kind: 'portfolio-risk',
  varFrac: 0,
  cvarFrac: 0,
  dailyVol: 0,
  marginalCvarFrac: panel.symbols.map(() => 0),
  componentCvarFrac: panel.symbols.map(() => 0),
});

export const standardDeviation = (values: Float64Array): number => Math.sqrt(covariance(values, values));

function covariance(a: Float64Array, b: Float64Array): number {
  if (a.length < 2) return 0;
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k]! - meanA) * (b[k]! - meanB);
  return sum / (a.length - 1);
}
