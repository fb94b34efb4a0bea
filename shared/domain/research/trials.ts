/**
 * Every backtest is a trial: the more of them were looked at, the better the best of them looks by luck alone. The ledger keeps, for each batch,
 * how many there were and how their Sharpe ratios spread, which is what the deflated Sharpe ratio wants.
 *
 * Trials are counted by family: all that was tried of one strategy on one data set, by anybody, in any command. Moments merge by Chan, Golub and
 * LeVeque (1983), "Algorithms for computing the sample variance", The American Statistician 37(3), so shards of a sweep add up exactly to it.
 */

/** What a family is counted by. A sweep's combinations, an evolution's genomes and a walk-forward's fits all belong to one. */
export interface TrialFamily {
  readonly strategy: string;
  /** Of the panel's content. */
  readonly datasetSha256: string;
}

/** Of Sharpe ratios per bar, not annualised; trials without one (nothing varied) are counted in `trials` alone. */
export interface SharpeMoments {
  readonly count: number;
  readonly mean: number;
  /** Σ (sharpe − mean)². */
  readonly squares: number;
  readonly best: number;
}

export interface TrialBatch extends TrialFamily {
  /** Derived from what was run (family, parameters, rules, range): the same run again is the same batch, and is not counted twice. */
  readonly batchId: string;
  readonly command: 'backtest' | 'sweep' | 'walk-forward' | 'montecarlo' | 'evolve';
  readonly at: string;
  readonly actor: string;
  readonly datasetName: string;
  readonly fromDay: string;
  readonly toDay: string;
  readonly trials: number;
  readonly sharpe: SharpeMoments;
  /** What was tried, for people: parameters or grid. */
  readonly tried: string;
}

export const noSharpe: SharpeMoments = { count: 0, mean: 0, squares: 0, best: Number.NEGATIVE_INFINITY };

export function addSharpe(moments: SharpeMoments, sharpe: number): SharpeMoments {
  if (!Number.isFinite(sharpe)) return moments;
  return mergeSharpe(moments, { count: 1, mean: sharpe, squares: 0, best: sharpe });
}

export function mergeSharpe(a: SharpeMoments, b: SharpeMoments): SharpeMoments {
  const count = a.count + b.count;
  if (count === 0) return noSharpe;
  const delta = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (delta * b.count) / count,
    squares: a.squares + b.squares + (delta * delta * a.count * b.count) / count,
    best: Math.max(a.best, b.best),
  };
}
