/**
 * The Sharpe ratio after everything that was tried: the more trials, the higher the best of them stands by luck alone.
 *
 * 1. False strategy theorem: of N independent trials without skill, whose ratios have variance V, the largest is expected at
 *    √V·E(N), E(N) = (1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e)), γ the Euler–Mascheroni constant.
 * 2. Deflated Sharpe ratio: the probabilistic Sharpe ratio against that expectation instead of zero.
 * 3. Minimum backtest length: (E(N) / S)² years, below which the best of N is expected to show an annual ratio of S without any skill.
 *
 * N is the count of the trial ledger. Trials that resemble each other are fewer than they are many, so the count is the cautious end: it
 * deflates too much, never too little. One trial alone is deflated by nothing.
 *
 * Sources: D. H. Bailey & M. López de Prado (2014), "The Deflated Sharpe Ratio", Journal of Portfolio Management 40(5), eqs. 1 and 2;
 * D. H. Bailey, J. M. Borwein, M. López de Prado & Q. J. Zhu (2014), "Pseudo-Mathematics and Financial Charlatanism", Notices of the AMS 61(5).
 * Not covered: an estimate of how many independent trials there were (clusters of correlated trials).
 */
import { refuse } from '../../../kernel/refusal.ts';
import { normalQuantile } from '../../statistics/normal.ts';
import type { SharpeMoments } from '../trials.ts';
import { type Figure, type FigureGap, settingGap } from './figure.ts';
import { probabilisticSharpe, type SharpeEvidence } from './probabilistic-sharpe.ts';

/** All that was tried of the family, this one included: ratios per bar. */
export interface CountedTrials {
  readonly trials: number;
  readonly sharpe: Pick<SharpeMoments, 'count' | 'squares'>;
}

export interface DeflatedSharpe {
  readonly kind: 'deflated-sharpe';
  /** That the true ratio is above what luck would show: between 0 and 1. */
  readonly probability: number;
  /** Of the best of the trials, were none of them any good. */
  readonly expectedMaximumPerBar: number;
  readonly trials: number;
}

const EULER_MASCHERONI = 0.5772156649015329;

/** In standard deviations of the trials; 0 for one trial. */
export function expectedMaximum(trials: number): Figure {
  const gap = settingGap('trials', trials, 1, Number.MAX_SAFE_INTEGER);
  if (gap) return gap;
  if (trials === 1) return 0;
  // The lower tail of the negated value keeps its digits where 1 − 1/N would lose them.
  return -((1 - EULER_MASCHERONI) * normalQuantile(1 / trials) + EULER_MASCHERONI * normalQuantile(1 / (trials * Math.E)));
}

/** Refuses more than one trial whose spread is not known. */
export function deflatedSharpe(evidence: SharpeEvidence, { trials, sharpe }: CountedTrials): DeflatedSharpe | FigureGap {
  const deviations = expectedMaximum(trials);
  if (typeof deviations !== 'number') return deviations;
  if (trials > 1 && !(sharpe.count >= 2 && sharpe.squares >= 0)) {
    return refuse('trial-spread-unknown', { trials, withSharpe: sharpe.count });
  }
  const spread = trials > 1 ? Math.sqrt(sharpe.squares / (sharpe.count - 1)) : 0;
  const expectedMaximumPerBar = spread * deviations;
  const probability = probabilisticSharpe(evidence, expectedMaximumPerBar);
  return typeof probability === 'number' ? { kind: 'deflated-sharpe', probability, expectedMaximumPerBar, trials } : probability;
}

/** In years. `annualSharpe` is what the best of the trials shows. */
export function minimumBacktestYears(trials: number, annualSharpe: number): Figure {
  const deviations = expectedMaximum(trials);
  if (typeof deviations !== 'number') return deviations;
  return annualSharpe > 0 ? (deviations / annualSharpe) ** 2 : refuse('setting-invalid', { setting: 'annualSharpe', value: annualSharpe });
}
