/** Evidence that opens every gate, to be spoiled one figure at a time: an annual Sharpe ratio of 3.2 over five years, of normal returns. */
import type { BacktestEvidence, TrackEvidence } from '../../../../shared/domain/research/promotion-gates.ts';

export function track({ perBar, bars }: { readonly perBar: number; readonly bars: number }): TrackEvidence {
  const deviationFrac = 0.01;
  const sharpe = { kind: 'sharpe', bars, perBar, meanFrac: perBar * deviationFrac, deviationFrac, skewness: 0, kurtosis: 3 } as const;
  return { sharpe, maxDrawdownFrac: 0.05, trades: 120, winFrac: 0.7 };
}

export const goodEvidence: BacktestEvidence = {
  evidenceId: 'e'.repeat(64),
  barsPerYear: 252,
  training: track({ perBar: 0.2, bars: 1260 }),
  holdOut: track({ perBar: 0.2, bars: 1260 }),
  trials: { trials: 500, sharpe: { count: 500, squares: 0.4 } },
};
