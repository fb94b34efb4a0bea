/**
 * How sure it is that a Sharpe ratio beats another, and how long a track record must be to be that sure.
 *
 * PSR(S*)   Φ((S − S*)·√(n − 1) / √(1 − γ₃·S + (γ₄ − 1)/4·S²)): the probability that the true ratio is above S*
 * MinTRL    1 + (1 − γ₃·S + (γ₄ − 1)/4·S²)·(Φ⁻¹(level) / (S − S*))²: bars for PSR(S*) to reach the level
 *
 * Everything is per bar: an annualised ratio is divided by √(bars per year) first. Returns are taken to be independent; where they are not, the
 * autocorrelation-aware error of sharpe.ts is the honest one.
 *
 * Source: D. H. Bailey & M. López de Prado (2012), "The Sharpe Ratio Efficient Frontier", Journal of Risk 15(2).
 */
import { refuse } from '../../../kernel/refusal.ts';
import { normalCdf, normalQuantile } from '../../statistics/normal.ts';
import type { Figure } from './figure.ts';
import { momentsError, type Sharpe } from './sharpe.ts';

/** What of a sample the two formulas want. */
export type SharpeEvidence = Pick<Sharpe, 'perBar' | 'skewness' | 'kurtosis' | 'bars'>;

/** Between 0 and 1. `benchmarkPerBar` is S*. */
export function probabilisticSharpe(evidence: SharpeEvidence, benchmarkPerBar: number): Figure {
  if (!Number.isFinite(benchmarkPerBar)) return refuse('setting-invalid', { setting: 'benchmarkPerBar', value: benchmarkPerBar });
  const error = momentsError(evidence);
  return typeof error === 'number' ? normalCdf((evidence.perBar - benchmarkPerBar) / error) : error;
}

/** In bars, not rounded. Refuses a ratio that is not above the benchmark, and a level that is not between one half and 1. */
export function minimumTrackRecord(evidence: SharpeEvidence, benchmarkPerBar: number, confidenceLevel: number): Figure {
  if (!(confidenceLevel > 0.5 && confidenceLevel < 1)) {
    return refuse('setting-invalid', { setting: 'confidenceLevel', value: confidenceLevel, above: 0.5, below: 1 });
  }
  const error = momentsError(evidence);
  if (typeof error !== 'number') return error;
  const lead = evidence.perBar - benchmarkPerBar;
  if (!(lead > 0)) return refuse('not-above-benchmark', { perBar: evidence.perBar, benchmarkPerBar });
  const variance = error ** 2 * (evidence.bars - 1);
  return 1 + variance * (normalQuantile(confidenceLevel) / lead) ** 2;
}
