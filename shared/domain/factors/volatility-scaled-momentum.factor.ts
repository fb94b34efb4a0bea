/**
 * Volatility-scaled momentum: the return of the last year without its last month, per unit of the risk it was earned with.
 *
 * 1. momentum = close `skipBars` ago / close `lookbackBars` ago − 1 (12-1).                     momentum
 * 2. realised variance = mean of the squared daily returns of six months, not centred.           realizedVariance
 * 3. value = momentum / (realised volatility × √sessions per year).
 *
 * Sources: Jegadeesh & Titman (1993), J. Finance 48(1), for 12-1; Barroso & Santa-Clara (2015), J. Financial Economics 116(1), for the
 * realised variance of 126 days and for dividing by its root. They scale the long-short portfolio towards 12 % volatility; here each
 * company is scaled by itself, and the target, one constant for all, is left out because it changes no rank.
 * Not covered: volatility forecasts other than the realised one, and scaling of the whole portfolio, which is the allocation's business.
 */
import { momentum } from '../indicators/momentum.ts';
import { absent, type Factor, type FactorContext, type FactorReading, type FactorView } from './factor.ts';

export const volatilityScaledMomentumFactor: Factor = {
  name: 'volatility-scaled-momentum',
  read: (views, context) => views.map((view) => readOne(view, context)),
};

function readOne({ bars: { close } }: FactorView, { rules, sessionsPerYear }: FactorContext): FactorReading {
  const { lookbackBars, skipBars, volatilityBars } = rules.momentum;
  if (close.length <= Math.max(lookbackBars, volatilityBars)) return absent('history-too-short');
  const momentumFrac = momentum(close, lookbackBars, skipBars);
  const annualizedVol = Math.sqrt(realizedVariance(close, volatilityBars) * sessionsPerYear);
  if (!Number.isFinite(momentumFrac) || !Number.isFinite(annualizedVol)) return absent('price-not-finite');
  if (annualizedVol === 0) return absent('price-does-not-move');
  return { kind: 'reading', value: momentumFrac / annualizedVol, evidence: { momentumFrac, annualizedVol } };
}

/** Mean square of the last `returns` daily simple returns; NaN when a price is missing. */
export function realizedVariance(closes: Float64Array, returns: number): number {
  let squares = 0;
  for (let i = closes.length - returns; i < closes.length; i++) squares += (closes[i]! / closes[i - 1]! - 1) ** 2;
  return squares / returns;
}
